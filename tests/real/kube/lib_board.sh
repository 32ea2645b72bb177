# shellcheck shell=bash
# Words for tests of boards in terminals (tmux), after lib.sh. Sourced.
socket=$work/tmux
at=board
# open_board NAME OPTIONS...: a board of its own, which the words below are about until `at` is another.
open_board() {
    at=$1
    shift
    tmux -S "$socket" -f /dev/null new-session -d -s "$at" -x 160 -y 50 \
        "TERM=screen-256color '$kubeboard' $* 2>'$work/$at.err'; echo ended with \$?; sleep 60"
}
screen() { tmux -S "$socket" capture-pane -p -t "$at" 2>/dev/null; }
type_in() { tmux -S "$socket" send-keys -t "$at" "$@"; }
# shows SECONDS REGEX: the screen has a line that matches within that time.
shows() {
    for _ in $(seq $(($1 * 5))); do
        screen | grep -Eq -- "$2" && return
        sleep 0.2
    done
    fail "not within $1 s on the screen of $at: $2
$(screen)"
}
# each SECONDS REGEX NAME...: the same of all these boards.
each() {
    local seconds=$1 regex=$2
    shift 2
    for at; do shows "$seconds" "$regex"; done
}
# How many connections to the API server the board in session $at has.
connections() {
    shell=$(tmux -S "$socket" list-panes -t "$at" -F '#{pane_pid}')
    port=$(printf '%04X' "${KUBE_URL##*:}")
    find "/proc/$(pgrep -o -P "$shell")/fd" -lname 'socket:*' -printf '%l\n' | tr -dc '0-9\n' >"$work/sockets"
    awk -v port=":$port\$" 'NR == FNR { ours[$1]; next } $3 ~ port && $10 in ours' "$work/sockets" /proc/net/tcp | wc -l
}
pid_of() { cut -d' ' -f1 "$KUBE_SERVER/kube-apiserver.pid"; }
# A test may end while the API server is stopped: it must not stay so for the next.
end() {
    status=$?
    set +e
    kill -CONT "$(pid_of)" 2>/dev/null
    tmux -S "$socket" kill-server 2>/dev/null
    (exit $status)
    cleanup
}
trap end EXIT
