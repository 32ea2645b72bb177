#!/bin/bash
# The collector under kill -9 at random moments: afterwards each due window is there once, whole, and byte-equal to an
# undisturbed run; lines, index and catalogue too. KILLS=200 is the long run; CASES names what is tried:
# once or running, each on a folder, on S3 by curl and on S3 by libs3.
. "$(dirname "$0")/lib_collector.sh"
kills=${KILLS:-8}
cases=${CASES:-once-folder once-curl once-libs3 running-folder running-curl}
RANDOM=${SEED:-$$}
echo "seed $RANDOM"
for case in $cases; do
    choose_store "$case" "$case-whole"
    started=$(date +%s%N)
    finish "$case"
    took=$((($(date +%s%N) - started) / 1000000))
    sums "$case-whole"
    done=0 cycle=0 alive=0
    while [ $done -lt "$kills" ]; do
        cycle=$((cycle + 1))
        choose_store "$case" "$case-$cycle"
        for _ in $(seq ${EACH:-4}); do
            start_collector "$case"
            # The whole length of a run now and then, its beginning oftener.
            sleep "$(awk "BEGIN {srand($RANDOM * 32768 + $RANDOM); print rand() * rand() * $took / 800}")"
            kill -9 "$pid" 2>/dev/null && alive=$((alive + 1))
            wait "$pid" 2>/dev/null || true
            done=$((done + 1))
        done
        finish "$case"
        same "$case" "$case-whole" "$case-$cycle"
        [ "$kind" != folder ] || rm -rf "$work/$case-$cycle"
    done
    echo "$case: $done kills ($alive while it ran), $cycle times byte-equal to an undisturbed run of $took ms," \
        "$(grep -c /windows/ "$work/$case-whole.sums") windows"
done
