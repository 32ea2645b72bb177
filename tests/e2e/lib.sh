# For the end-to-end tests: a sandbox in the background, its configuration, and a few words to test with. Sourced.
set -eu
# Tests elsewhere set the tree's root before.
root=${root:-$(cd "$(dirname "$0")/../.." && pwd)}
kubeboard=${KUBEBOARD:-$root/kubeboard}
work=$(mktemp -d)
. "$root/tests/environment.sh"
export TZ=UTC HOME="$work" LC_ALL=C.UTF-8

cleanup() {
    status=$?
    # What the test started in the background ends with it, however it ends.
    jobs -p >"$work/jobs"
    xargs -r kill <"$work/jobs" 2>/dev/null || true
    wait 2>/dev/null || true
    # What a terminal session started may still be writing its last line there.
    rm -rf "$work" 2>/dev/null || { sleep 1 && rm -rf "$work"; }
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

# Starts a sandbox and points the environment at it; arguments go to `kubeboard sandbox`.
start_sandbox() {
    "$kubeboard" sandbox --config-out "$work/sandbox" "$@" >"$work/sandbox.out" 2>"$work/sandbox.err" &
    sandbox_pid=$!
    for _ in $(seq 600); do
        grep -q '^configuration' "$work/sandbox.out" 2>/dev/null && break
        kill -0 "$sandbox_pid" 2>/dev/null || fail "the sandbox ended: $(cat "$work/sandbox.err")"
        sleep 0.1
    done
    export KUBEBOARD_CONFIG="$work/sandbox/config.yaml"
    set -a
    . "$work/sandbox/aws.env"
    set +a
}

# The URL of one of the sandbox's services.
url_of() {
    sed -n "s/^$1 //p" "$work/sandbox.out"
}

# expect STATUS COMMAND…: runs it, output into $work/out and $work/err.
expect() {
    wanted=$1
    shift
    got=0
    "$@" >"$work/out" 2>"$work/err" || got=$?
    [ "$got" = "$wanted" ] || fail "$*: status $got, not $wanted; $(head -5 "$work/err")"
}

# has FILE REGEX: a line matches.
has() {
    grep -Eq -- "$2" "$work/$1" || fail "no line of $1 matches '$2': $(head -20 "$work/$1")"
}

one_line() {
    [ "$(wc -l <"$work/$1")" = 1 ] || fail "$1 is not one line: $(cat "$work/$1")"
}
