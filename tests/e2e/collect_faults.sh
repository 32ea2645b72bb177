#!/bin/bash
# The collector while its servers stumble: Loki and S3 answer 429, 500 and 503, cut what comes and what goes, lose
# answers and take their time; the clock steps; the disk is full or read-only; objects break. Afterwards each due window
# is there once and byte-equal to an undisturbed run.
HOURS=${HOURS:-1}
. "$(dirname "$0")/lib_collector.sh"
RANDOM=${SEED:-$$}
echo "seed $RANDOM"
control=$(url_of control)

fault() {
    for f; do
        curl -fsS -o /dev/null "$control/faults" --data-urlencode "${f%%:*}=${f#*:}"
    done
}

# ---- one after another ----
choose_store once-curl whole
finish once-curl
sums whole
n=0
for f in fault:503=s3:3 fault:429=loki:2 fault:cut-upload=s3:2 fault:lost-answer=s3:2 fault:slow=s3:50ms; do
    n=$((n + 1))
    choose_store once-curl "fault-$n"
    fault "$f"
    finish once-curl
    fault clear:all
    same "$f" whole "fault-$n"
done
echo "short faults: the run itself gets over them"

# What lasts ends the run with status 1, and the next one fills in what lacks.
for f in fault:503=s3 fault:cut=loki:3000 fault:wrong-clock=s3:20m; do
    n=$((n + 1))
    choose_store once-curl "fault-$n"
    fault "$f"
    : >"$work/log"
    start_collector once-curl
    status=0
    wait "$pid" || status=$?
    fault clear:all
    [ "$status" = 1 ] || fail "$f: status $status: $(tail -3 "$work/log")"
    finish once-curl
    same "$f" whole "fault-$n"
done
echo "lasting faults: status 1, healed by the next run"

# ---- all at once, at random ----
all="500=s3:1 503=s3:3 cut-upload=s3:1 lost-answer=s3:2 500=loki:1 429=loki:1 lost-answer=loki:1 cut=s3:500 cut=loki:2000"
broken=0
for cycle in $(seq "${CHAOS:-2}"); do
    choose_store once-curl "chaos-$cycle"
    start_collector once-curl
    while kill -0 "$pid" 2>/dev/null; do
        set -- $all
        shift $((RANDOM % $#))
        fault "fault:$1"
        sleep 0.$((RANDOM % 4))
        fault clear:cut
    done
    wait "$pid" || broken=$((broken + 1))
    fault clear:all
    finish once-curl
    same chaos whole "chaos-$cycle"
done
echo "chaos: $cycle runs, $broken of them broke off, each healed by the next"

# ---- Loki is away for long, while the collector runs: what was missed is filled in, oldest first ----
choose_store running-folder away
: >"$work/log"
fault fault:500=loki
start_collector running-folder
for _ in $(seq 300); do
    grep -q 'broke off' "$work/log" && break
    sleep 0.1
done
grep -q 'broke off' "$work/log" || fail "nothing is said of a Loki that is away"
fault clear:all
for _ in $(seq 300); do
    grep -q '"stored":"[1-9]' "$work/log" && break
    sleep 0.1
done
grep '"window done"' "$work/log" | sed 's/.*"from":"\([^"]*\)".*/\1/' >"$work/order"
sort -c "$work/order" || fail "windows are not done oldest first"
kill -TERM "$pid"
wait "$pid" || fail "SIGTERM: status $?"
choose_store once-folder alone
finish once-folder
sums alone
kind=folder
same "Loki away" alone away

# ---- objects that broke ----
at=$work/alone/test
window=$(find "$at/windows" -name '[0-9]*.json' | sort | sed -n 5p)
index=$(dirname "$window")/index.json
for hurt in "rm $at/groups.json" "rm $index" "truncate -s 100 $at/groups.json" "truncate -s 50 $index" "rm $window" \
    "truncate -s 60 $window $index"; do
    $hurt
    expect 0 "$kubeboard" windows --since 6h
    finish once-folder
    same "$hurt" away alone
done
echo "broken objects heal"
