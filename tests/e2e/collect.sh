#!/bin/sh
# The collector: twice gives the same bytes, doing windows again too, and a window's lines are what Loki counts.
. "$(dirname "$0")/lib.sh"
start_sandbox
export KUBEBOARD_STORE_RAW="file://$work/store" KUBEBOARD_STORE_PROCESSED="file://$work/store" KUBEBOARD_CLUSTER=test
export KUBEBOARD_COLLECTOR_CATCH_UP=2h

expect 0 "$kubeboard" collect --once
(cd "$work/store" && find . -type f | sort | xargs sha256sum) >"$work/first"
[ "$(grep -c '/windows/.*[0-9]\.json' "$work/first")" -ge 11 ] || fail "windows of two hours: $(cat "$work/first")"
expect 0 "$kubeboard" collect --once
(cd "$work/store" && find . -type f | sort | xargs sha256sum) >"$work/second"
# A round may begin a window that was not due before; what was there must be the same.
grep -vE '(index|groups)\.json' "$work/first" >"$work/kept"
while read -r line; do
    grep -qF -- "$line" "$work/second" || fail "changed: $line"
done <"$work/kept"

window=$(cd "$work/store" && find . -path '*/windows/*' -name '[0-9]*.json' | sort | sed -n 3p)
from=$(jq -r .from "$work/store/$window")
to=$(jq -r .to "$work/store/$window")
query=$(jq -r .query "$work/store/$window")
lines=$(jq -r .lines "$work/store/$window")
[ "$(jq -r .complete "$work/store/$window")" = true ] || fail "$window is not complete"
expect 0 "$kubeboard" logs "$query" --from "$from" --to "$to" --count
[ "$(cat "$work/out")" = "$lines" ] || fail "$window has $lines lines, Loki counts $(cat "$work/out")"
raw=$(echo "$window" | sed 's#/windows/#/lines/#; s#json$#log.gz#')
[ "$(zcat "$work/store/$raw" | wc -l)" = "$lines" ] || fail "the raw object has another number of lines"

expect 0 "$kubeboard" collect --from "$from" --to "$to"
(cd "$work/store" && sha256sum "$window" "$raw") >"$work/again"
while read -r line; do
    grep -qF -- "$line" "$work/first" || fail "done again it differs: $line"
done <"$work/again"
