# For tests on real servers: as tests/e2e/lib.sh, and words to start a server on a free port. Sourced.
. "$(dirname "$0")/../e2e/lib.sh"
servers= s3_servers=

# A free TCP port on loopback.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# start_server LOG COMMAND…: in the background; ended with the test.
start_server() {
    log=$1
    shift
    "$@" >"$log" 2>&1 &
    servers="$servers $!"
}

# wait_for URL: until it answers.
wait_for() {
    for _ in $(seq 300); do
        curl -fsS -o "$work/ready" "$1" 2>/dev/null && return
        sleep 0.1
    done
    fail "$1 does not answer"
}

# start_s3 NAME: OpenStack Swift as an S3 server, ended with the test; its settings are in $work/NAME/env.
start_s3() {
    /usr/bin/python3 -c 'import swift' 2>/dev/null || { echo "no S3 server: install python3-swift"; exit 77; }
    s3_servers="$s3_servers $1"
    "$root/tests/real/swift-s3" start "$work/$1" >"$work/$1.log"
}

stop_servers() {
    status=$?
    set +e
    for name in $s3_servers; do
        "$root/tests/real/swift-s3" stop "$work/$name"
    done
    for pid in $servers; do
        kill "$pid" 2>/dev/null || true
    done
    (exit "$status")
    cleanup
}
trap stop_servers EXIT
