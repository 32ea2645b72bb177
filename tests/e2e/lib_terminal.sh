# shellcheck shell=sh
# Words for tests in a real terminal (tmux), after lib.sh. Sourced.
command -v tmux >/dev/null || { echo "tmux is not installed"; exit 77; }
cd "$root"
socket=kubeboard-test-$$
t() { tmux -L "$socket" -f /dev/null "$@"; }
end() {
    status=$?
    set +e
    t kill-server 2>/dev/null
    (exit $status)
    cleanup
}
trap end EXIT

fail() {
    echo "FAILED: $*"
    t capture-pane -p || true
    exit 1
}
# Waits until the screen shows the pattern (or no longer: hides).
shows() {
    for _ in $(seq 400); do
        t capture-pane -p | grep -qE -- "$1" && return
        sleep 0.1
    done
    fail "nothing like /$1/ on the screen"
}
hides() {
    for _ in $(seq 100); do
        t capture-pane -p | grep -qE -- "$1" || return 0
        sleep 0.1
    done
    fail "/$1/ is still on the screen"
}
keys() { t send-keys "$@"; }
line() { keys "$1" Enter; }
