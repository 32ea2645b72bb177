#!/bin/bash
# With over 1,024 descriptors open, as a process may have that serves many: every client of the store works, and the
# collector answers.
. "$(dirname "$0")/lib_collector.sh"

# A program that inherits 1,100 open descriptors.
crowded() {
    exec python3 -c 'import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
for _ in range(1100):
    os.set_inheritable(os.open("/dev/null", os.O_RDONLY), True)
os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

if [ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 4096 ]; then
    echo "the limit of descriptors is $(ulimit -Hn)"
    exit 77
fi
export KUBEBOARD_COLLECTOR_CATCH_UP=1h
for kind in folder curl libs3; do
    choose_store "once-$kind" "crowded-$kind"
    (crowded "$kubeboard" collect --once) 2>"$work/log" || fail "$kind: status $?: $(tail -3 "$work/log")"
    sums "crowded-$kind"
    [ "$(grep -c '/windows/' "$work/crowded-$kind.sums")" -ge 8 ] || fail "$kind: windows lack"
done

choose_store running-folder crowded-running
(crowded "$kubeboard" collect) 2>"$work/log" &
pid=$!
wait_for_round
[ "$(find "/proc/$pid/fd" | wc -l)" -gt 1100 ] || fail "they are not open"
port=$(sed -n 's/.*"msg":"listening".*"port":"\([0-9]*\)".*/\1/p' "$work/log")
curl -fsS -o "$work/out" "http://127.0.0.1:$port/healthz" || fail "it does not answer"
kill -TERM "$pid"
wait "$pid" || fail "SIGTERM: status $?"
