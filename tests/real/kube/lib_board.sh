# shellcheck shell=bash
# Words for tests of a board in a terminal (tmux, session "board"), after lib.sh. Sourced.
socket=$work/tmux
screen() { tmux -S "$socket" capture-pane -p -t board 2>/dev/null; }
# shows SECONDS REGEX: the screen has a line that matches within that time.
shows() {
    for _ in $(seq $(($1 * 5))); do
        screen | grep -Eq -- "$2" && return
        sleep 0.2
    done
    fail "not within $1 s on the screen: $2
$(screen)"
}
pid_of() { cut -d' ' -f1 "$KUBE_SERVER/kube-apiserver.pid"; }
# A test may end while the API server is stopped: it must not stay so for the next.
end() {
    status=$?
    kill -CONT "$(pid_of)" 2>/dev/null
    tmux -S "$socket" kill-server 2>/dev/null
    (exit $status)
    cleanup
}
trap end EXIT
