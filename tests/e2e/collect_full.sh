#!/bin/bash
# A full disk under the folder store, while the collector runs: it says so, its metrics do, nothing half is left; with room
# again it goes on by itself, and each window is byte-equal to an undisturbed run's.
HOURS=${HOURS:-1}
. "$(dirname "$0")/lib_collector.sh"
choose_store running-folder whole
finish running-folder
sums whole

choose_store running-folder full
mkdir "$work/full"
if ! mount -t tmpfs -o size=1m tmpfs "$work/full" 2>/dev/null; then
    echo "mounting needs root"
    exit 77
fi
unmount() {
    status=$?
    set +e
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    umount "$work/full"
    (exit "$status")
    cleanup
}
trap unmount EXIT

# up VALUE: the metrics come to say that of the store.
up() {
    for _ in $(seq 300); do
        curl -fsS -o "$work/metrics" "http://127.0.0.1:$port/metrics"
        ! grep -q "^kubeboard_source_up{source=\"store\"} $1\$" "$work/metrics" || return 0
        sleep 0.1
    done
    fail "not $1: $(grep source_up "$work/metrics")"
}

dd if=/dev/zero of="$work/full/ballast" bs=1k count=1000 2>/dev/null || true
: >"$work/log"
start_collector running-folder
for _ in $(seq 300); do
    ! grep -q 'broke off.*No space left' "$work/log" || break
    sleep 0.1
done
grep -q 'broke off.*No space left' "$work/log" || fail "nothing is said of a full disk: $(tail -3 "$work/log")"
port=$(sed -n 's/.*"msg":"listening".*"port":"\([0-9]*\)".*/\1/p' "$work/log")
up 0
find "$work/full" -name '*.json' -exec jq -e . {} + >"$work/read" || fail "an object is half"
rm "$work/full/ballast"
up 1
for _ in $(seq 600); do
    [ "$(find "$work/full" -path '*windows*' -name '[0-9]*.json' | wc -l)" -lt "$(grep -c '/windows/.*/[0-9]*\.json' "$work/whole.sums")" ] || break
    sleep 0.1
done
kill -TERM "$pid"
wait "$pid" || fail "SIGTERM: status $?"
same "a full disk" whole full
! find "$work/full" -name '.kubeboard-new-*' | grep . || fail "temporary files are left"
