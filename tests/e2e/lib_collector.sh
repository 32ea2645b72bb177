# For tests of the collector on the sandbox: empty stores, runs of it and what they leave, compared byte by byte with an
# undisturbed run. Sourced.
. "$(dirname "$0")/lib.sh"
start_sandbox
export KUBEBOARD_CLUSTER=test KUBEBOARD_COLLECTOR_SNAPSHOTS=false KUBEBOARD_COLLECTOR_EVENTS=off
s3=$(url_of s3)
raw=kubeboard-raw processed=kubeboard-errors buckets="kubeboard-raw kubeboard-errors"

# use_s3 FILE: another S3 server than the sandbox's, by its settings as tests/real/swift-s3 writes them.
use_s3() {
    . "$1"
    s3=$KB_S3_ENDPOINT raw=kubeboard-test processed=kubeboard-test buckets=kubeboard-test
    export KUBEBOARD_STORE_S3_ENDPOINT="$s3" KUBEBOARD_STORE_S3_REGION="$KB_S3_REGION"
    export AWS_ACCESS_KEY_ID="$KB_S3_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$KB_S3_SECRET_KEY"
}
[ -z "${S3_ENV:-}" ] || use_s3 "$S3_ENV"

# Windows from a fixed moment on, whenever a run begins.
since=$(($(date +%s) / 600 * 600 - ${HOURS:-3} * 3600))

# choose_store CASE NAME: points the environment at an empty store of that name.
choose_store() {
    kind=${1#*-}
    store=$2
    if [ "$kind" = folder ]; then
        export KUBEBOARD_STORE_RAW="file://$work/$store" KUBEBOARD_STORE_PROCESSED="file://$work/$store"
        unset KUBEBOARD_STORE_S3_CLIENT
    else
        export KUBEBOARD_STORE_RAW="s3://$raw/$store" KUBEBOARD_STORE_PROCESSED="s3://$processed/$store"
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
    for bucket in $buckets; do
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

# said LOG TEXT SECONDS: the log says so in time.
said() {
    for _ in $(seq $(($3 * 10))); do
        grep -q "\"$2\"" "$work/$1" && return
        sleep 0.1
    done
    fail "$1 does not say '$2': $(tail -5 "$work/$1")"
}

# Starts a collector that runs until it is told to stop, with a log of its own: $pid.
run_collector() {
    KUBEBOARD_COLLECTOR_CATCH_UP="$(($(date +%s) - since))s" "$kubeboard" collect 2>>"$work/$1" &
    pid=$!
}
