#!/bin/bash
# The collector's own clock is set: by an hour and a day, before it starts and while it runs. Windows and snapshots go by
# Loki's clock all the same: none is lost, doubled, or of the future, and log and metrics say what is wrong.
HOURS=${HOURS:-1}
. "$(dirname "$0")/lib_collector.sh"
library=$(find /usr/lib /usr/lib64 -name libfaketime.so.1 2>/dev/null | head -1)
if [ -z "$library" ]; then
    echo "there is no libfaketime"
    exit 77
fi

# set_clock STEP: of the programs that start as `faked` and of those that run.
set_clock() {
    echo "$1" >"$work/clock.new"
    mv "$work/clock.new" "$work/clock"
}

faked() {
    export LD_PRELOAD=$library FAKETIME_TIMESTAMP_FILE=$work/clock FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1
    exec "$kubeboard" "$@"
}

choose_store once-folder right
finish once-folder
sums right
for step in +1d -1d +1h -1h; do
    choose_store once-folder "wrong$step"
    set_clock "$step"
    KUBEBOARD_COLLECTOR_CATCH_UP="$(($(date +%s) - since))s"
    export KUBEBOARD_COLLECTOR_CATCH_UP
    (faked collect --once) 2>"$work/log" || fail "$step: status $?: $(tail -3 "$work/log")"
    same "a clock $step" right "wrong$step"
    grep -q "our clock is not Loki's" "$work/log" || fail "nothing is said of a clock $step"
done
echo "a wrong clock from the start: byte-equal"

started=$(date +%s)

# What runs is set by a day: the window that closes next is done in time, a snapshot taken, neither of another day.
export KUBEBOARD_COLLECTOR_WINDOW=1m KUBEBOARD_COLLECTOR_GRACE=5s KUBEBOARD_COLLECTOR_SNAPSHOTS=true
export KUBEBOARD_COLLECTOR_CATCH_UP=5m
choose_store running-folder stepped
set_clock +0
: >"$work/log"
(faked collect) 2>"$work/log" &
pid=$!
wait_for_round
told=0
for step in +1d -1h; do
    set_clock "$step"
    told=$((told + 1))
    count=$(grep -c '"window done"' "$work/log")
    for _ in $(seq 700); do
        [ "$(grep -c "our clock is not Loki's" "$work/log")" -lt "$told" ] ||
            [ "$(grep -c '"window done"' "$work/log")" -le "$count" ] || break
        sleep 0.1
    done
    [ "$(grep -c '"window done"' "$work/log")" -gt "$count" ] || fail "$step: no window for 70 s: $(tail -3 "$work/log")"
    [ "$(grep -c "our clock is not Loki's" "$work/log")" = "$told" ] || fail "$step: it is not said that the clock was set"
done
port=$(sed -n 's/.*"msg":"listening".*"port":"\([0-9]*\)".*/\1/p' "$work/log")
sleep 2
curl -fsS -o "$work/metrics" "http://127.0.0.1:$port/metrics"
grep -qE '^kubeboard_clock_offset_seconds 3(59|60)' "$work/metrics" || fail "$(grep clock "$work/metrics")"
kill -TERM "$pid"
wait "$pid" || fail "SIGTERM: status $?"
# Days and all: a run over midnight has objects of two of them.
earliest=$(date -u -d "@$((started - 900))" +%Y/%m/%d/%H%M)
latest=$(date -u +%Y/%m/%d/%H%M)
find "$work/stepped" -path '*/20*' -name '[0-9]*.json*' |
    sed 's|.*/\(20../../..\)/.*/*\([0-9]\{4\}\)[0-9]*\.json.*|\1/\2|' | sort -u >"$work/moments"
[ -s "$work/moments" ] || fail "there are no objects"
while read -r moment; do
    { [ "$moment" \> "$earliest" ] && [ ! "$moment" \> "$latest" ]; } || fail "an object of $moment, it is $latest"
done <"$work/moments"
grep '"window done"' "$work/log" | sed 's/.*"rule":"\([^"]*\)","from":"\([^"]*\)".*/\1 \2/' | sort | uniq -d | grep -q . &&
    fail "a window was done twice"
echo "a clock that is set while it runs: $(find "$work/stepped" -path '*windows*' -name '[0-9]*.json' | wc -l) windows, each once"
