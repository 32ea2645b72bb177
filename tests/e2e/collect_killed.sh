#!/bin/bash
# The collector under kill -9 at random moments: afterwards each due window is there once, whole, and byte-equal to an
# undisturbed run; lines, index and catalogue too. KILLS=200 is the long run; CASES names what is tried:
# once or running, each on a folder, on S3 by curl and on S3 by libs3.
. "$(dirname "$0")/lib.sh"
kills=${KILLS:-8}
cases=${CASES:-once-folder once-curl once-libs3 running-folder running-curl}
RANDOM=${SEED:-$$}
echo "seed $RANDOM"
start_sandbox
export KUBEBOARD_CLUSTER=test KUBEBOARD_COLLECTOR_SNAPSHOTS=false KUBEBOARD_COLLECTOR_EVENTS=off
s3=$(url_of s3)
# Windows from a fixed moment on, whenever a run begins.
since=$(($(date +%s) / 600 * 600 - ${HOURS:-3} * 3600))

# collect_on CASE NAME: points the environment at an empty store of that name.
choose_store() {
    kind=${1#*-}
    store=$2
    if [ "$kind" = folder ]; then
        export KUBEBOARD_STORE_RAW="file://$work/$store" KUBEBOARD_STORE_PROCESSED="file://$work/$store"
        unset KUBEBOARD_STORE_S3_CLIENT
    else
        export KUBEBOARD_STORE_RAW="s3://kubeboard-raw/$store" KUBEBOARD_STORE_PROCESSED="s3://kubeboard-errors/$store"
        export KUBEBOARD_STORE_S3_CLIENT=$kind
    fi
}

# Starts the collector of a case in the background: $pid.
start_collector() {
    export KUBEBOARD_COLLECTOR_CATCH_UP="$(($(date +%s) - since))s"
    case $1 in
    once-*) set -- --once ;;
    *-folder) set -- ;;
    *) set -- --unlocked ;;
    esac
    "$kubeboard" collect "$@" 2>>"$work/log" &
    pid=$!
}

# A running collector has done its round once it says so.
wait_for_round() {
    for _ in $(seq 600); do
        grep -q '"round done"' "$work/log" && return
        kill -0 "$pid" 2>/dev/null || fail "the collector ended: $(tail -5 "$work/log")"
        sleep 0.05
    done
    fail "no round ends: $(tail -5 "$work/log")"
}

finish() {
    : >"$work/log"
    start_collector "$1"
    case $1 in
    once-*) wait "$pid" || fail "status $?: $(tail -5 "$work/log")" ;;
    *)
        wait_for_round
        kill -TERM "$pid"
        wait "$pid" || fail "SIGTERM: status $?"
        ;;
    esac
}

s3_curl() {
    curl -sS --aws-sigv4 aws:amz:us-east-1:s3 --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" \
        -H "x-amz-content-sha256: $(sha256sum </dev/null | cut -d' ' -f1)" "$@"
}

# The objects of a bucket's folder, fetched into $work/fetched/NAME.
fetch() {
    for bucket in kubeboard-raw kubeboard-errors; do
        s3_curl "$s3/$bucket?list-type=2&prefix=$1%2F" | grep -o '<Key>[^<]*' | sed 's/<Key>//' >"$work/keys"
        while read -r key; do
            mkdir -p "$work/fetched/$(dirname "$key")"
            printf 'url = "%s/%s/%s"\noutput = "%s"\n' "$s3" "$bucket" "$key" "$work/fetched/$key"
        done <"$work/keys" >"$work/urls"
        [ ! -s "$work/urls" ] || s3_curl -K "$work/urls"
    done
}

# sums NAME: a line for each object, into $work/NAME.sums; every one is whole.
sums() {
    if [ "$kind" = folder ]; then
        at=$work/$1
    else
        rm -rf "$work/fetched"
        fetch "$1"
        at=$work/fetched/$1
    fi
    (cd "$at" && find . -type f ! -name '.kubeboard-*' | sort | xargs sha256sum) >"$work/$1.sums"
    find "$at" -name '*.json' -exec jq -e . {} + >/dev/null || fail "an object of $1 is no JSON"
    find "$at" -name '*.gz' | xargs gzip -t || fail "an object of $1 is cut"
}

# same CASE REFERENCE NAME: what the undisturbed run has is there, byte for byte. Windows that closed meanwhile may be
# more, and are then in the index and the catalogue.
same() {
    sums "$3"
    new=$(grep -c '/windows/.*/[0-9]*\.json' "$work/$3.sums")
    old=$(grep -c '/windows/.*/[0-9]*\.json' "$work/$2.sums")
    skip=$([ "$new" = "$old" ] && echo '^$' || echo '(index|groups)\.json')
    grep -vE "$skip" "$work/$2.sums" | while read -r line; do
        grep -qF -- "$line" "$work/$3.sums" || fail "$1: differs from an undisturbed run: $line"
    done
    [ "$new" -ge "$old" ] && [ "$new" -le $((old + 4)) ] || fail "$1: $new windows, not $old"
}

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
