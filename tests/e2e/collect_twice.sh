#!/bin/bash
# Several collectors at once. Two that do what is due side by side leave what one leaves; of two that run, one writes: by
# a lock file or by a Lease, which the other takes over within 30 s; a holder that was stopped for longer does no harm.
. "$(dirname "$0")/lib_collector.sh"

# Every window, the index and the catalogue, though both wrote them.
for kind in folder curl; do
    choose_store "once-$kind" "alone-$kind"
    finish "once-$kind"
    sums "alone-$kind"
    for round in $(seq "${ROUNDS:-3}"); do
        choose_store "once-$kind" "both-$kind-$round"
        : >"$work/log"
        start_collector "once-$kind"
        first=$pid
        start_collector "once-$kind"
        wait "$first" || fail "the first of two: $(tail -3 "$work/log")"
        wait "$pid" || fail "the second of two: $(tail -3 "$work/log")"
        same "two at once on $kind" "alone-$kind" "both-$kind-$round"
    done
done

for kind in folder curl; do
    [ "$kind" = folder ] || export KUBEBOARD_COLLECTOR_LEASE_NAME="twice-$kind"
    choose_store "running-$kind" "twice-$kind"
    run_collector "$kind-1"
    first=$pid
    said "$kind-1" 'this collector writes' 10
    run_collector "$kind-2"
    second=$pid
    said "$kind-2" 'this collector waits' 10
    ! grep -q 'window done' "$work/$kind-2" || fail "$kind: both write"
    kill -9 "$first"
    started=$(date +%s)
    said "$kind-2" 'this collector writes' 30
    echo "$kind: taken over after $(($(date +%s) - started)) s"
    said "$kind-2" 'round done' 30
    kill -TERM "$second"
    wait "$second" || fail "$kind: SIGTERM: status $?"
    same "$kind after a takeover" "alone-$kind" "twice-$kind"
done

# A holder stops in the middle of its round, for longer than its lease, and wakes up.
choose_store running-curl paused
export KUBEBOARD_COLLECTOR_LEASE_NAME=paused
run_collector paused-1
first=$pid
for _ in $(seq 200); do
    ! grep -q 'window done' "$work/paused-1" || break
    sleep 0.02
done
kill -STOP "$first"
run_collector paused-2
second=$pid
started=$(date +%s)
said paused-2 'this collector writes' 30
echo "a stopped holder: taken over after $(($(date +%s) - started)) s"
said paused-2 'round done' 30
before=$(wc -l <"$work/paused-1")
kill -CONT "$first"
said paused-1 'this collector writes no more' 20
! tail -n "+$((before + 1))" "$work/paused-1" | grep 'window done.*stored' || fail "it wrote after its lease had gone"
kill -TERM "$first" "$second"
wait "$first" "$second" || fail "SIGTERM: status $?"
same "after a holder woke up" alone-curl paused
