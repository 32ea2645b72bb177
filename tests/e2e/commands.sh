#!/bin/sh
# Every command on the sandbox: what it prints and its exit status.
. "$(dirname "$0")/lib.sh"
start_sandbox

expect 0 "$kubeboard" get nodes
has out '^NAME +STATUS +ROLES +AGE +VERSION$'
[ "$(wc -l <"$work/out")" = 7 ] || fail "six nodes and a title: $(cat "$work/out")"
expect 0 "$kubeboard" get pods -A
has out '^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE'
expect 0 "$kubeboard" get deploy -n shop -o wide
expect 0 "$kubeboard" get pods -n shop -o json
has out '^\{.*"kind":"Pod"'
expect 0 "$kubeboard" get pods -n shop -o yaml
has out '^kind: List$'
has out '^  kind: Pod$'
[ "$(grep -c '^- apiVersion: v1$' "$work/out")" = "$("$kubeboard" get pods -n shop --no-headers | wc -l)" ] || fail "not each is an item"
[ "$(head -c 14 "$work/out")" = 'apiVersion: v1' ] || fail "the keys' order: $(head -3 "$work/out")"
expect 0 "$kubeboard" get pods -n nowhere -o yaml
has out '^items: \[\]$'
has out '^kind: List$'
[ ! -s "$work/err" ] || fail "an empty list is one: $(cat "$work/err")"
expect 0 "$kubeboard" get deploy/checkout -n shop -o yaml
has out '^kind: Deployment$'
expect 0 "$kubeboard" get nodes -o name
has out '^node/'
expect 0 "$kubeboard" get svc,deploy -n shop
has out '^service/checkout '
has out '^$'
has out '^deployment.apps/checkout '
# Cluster kinds behind rows with a namespace have its column, as kubectl has it.
expect 0 "$kubeboard" get pods,nodes -A
has out '^NAMESPACE +NAME +STATUS +ROLES'
has out '^ +node/'
expect 0 "$kubeboard" get pods,po,pod -n shop --no-headers
has out '^checkout-'
[ "$(sort "$work/out" | uniq -d | wc -l)" = 0 ] || fail "pods twice: $(cat "$work/out")"
# A word that is no resource ends it before anything is printed.
expect 1 "$kubeboard" get pods,nosuchthings -n shop
[ ! -s "$work/out" ] || fail "rows before the error: $(head -3 "$work/out")"
one_line err
expect 1 "$kubeboard" get deploy/checkout svc/nosuch -n shop
has out '^deployment.apps/checkout '
has err '"nosuch" not found'
one_line err
expect 2 "$kubeboard" get secrets
one_line err
expect 0 "$kubeboard" get nodes --color always
expect 2 "$kubeboard" get nodes --color sometimes
one_line err
expect 1 "$kubeboard" get nosuchthings
one_line err

expect 0 "$kubeboard" logs '{namespace="shop"}' --since 10m --limit 20
[ "$(wc -l <"$work/out")" = 20 ] || fail "--limit 20"
expect 0 "$kubeboard" logs '{namespace="shop"}' --since 10m --count
count=$(cat "$work/out")
[ "$count" -gt 0 ] || fail "the count is $count"
from=$(date -u -d '-20 min' +%Y-%m-%dT%H:%M:00Z)
to=$(date -u -d '-10 min' +%Y-%m-%dT%H:%M:00Z)
expect 0 "$kubeboard" logs '{namespace="shop"}' --from "$from" --to "$to" -o json
lines=$(wc -l <"$work/out")
# A span is kept to the nanosecond: what is printed from a line's time on begins with that line.
cp "$work/out" "$work/shop"
sed -n 100p "$work/out" >"$work/hundredth"
tail -n +100 "$work/out" >"$work/rest"
expect 0 "$kubeboard" logs '{namespace="shop"}' --from "$(cut -d'"' -f4 "$work/hundredth")" --to "$to" -o json
cmp -s "$work/out" "$work/rest" || fail "--from a line's time does not go on from that line"
expect 0 "$kubeboard" logs '{namespace="shop"}' --from "$from" --to "$to" --count
[ "$(cat "$work/out")" = "$lines" ] || fail "printed $lines, counted $(cat "$work/out")"
# Several queries in one order; the lines about each.
expect 0 "$kubeboard" logs '{namespace="shop"}' '{namespace=~".+",namespace!="shop"}' --from "$from" --to "$to" -o json
cp "$work/out" "$work/merged"
cut -d'"' -f4 "$work/merged" | LC_ALL=C sort -c || fail "several queries are not in order of time"
expect 0 "$kubeboard" logs '{namespace=~".+"}' --from "$from" --to "$to" -o json
sort "$work/out" >"$work/sorted"
sort "$work/merged" | cmp -s - "$work/sorted" || fail "several queries lose or double lines"
expect 0 "$kubeboard" logs '{namespace="shop"} |= "error"' --from "$from" --to "$to" -o json
cp "$work/out" "$work/matches"
expect 0 "$kubeboard" logs '({namespace="shop"} |= "error") # (all)' --from "$from" --to "$to" -o json
cmp -s "$work/out" "$work/matches" || fail "parentheses around a query change what it prints"
expect 0 "$kubeboard" logs '{namespace="shop"} |= "error"' --around 2 --from "$from" --to "$to" -o json
cut -d'"' -f4 "$work/out" | LC_ALL=C sort -c || fail "--around is not in order of time"
awk 'NR == FNR { at[$0] = NR; next } !($0 in at) { next } at[$0] <= last { exit 1 } { last = at[$0] }' "$work/shop" "$work/out" ||
	fail "--around has another order than the lines alone"
[ "$(sort "$work/matches" "$work/out" | uniq -d | wc -l)" = "$(wc -l <"$work/matches")" ] || fail "--around lost a match"
[ "$(wc -l <"$work/out")" -gt "$(wc -l <"$work/matches")" ] || fail "--around gave no lines about the matches"
tac "$work/out" >"$work/reverse"
expect 0 "$kubeboard" logs '{namespace="shop"} |= "error"' --around 2 --from "$from" --to "$to" -o json --direction backward
cmp -s "$work/out" "$work/reverse" || fail "--around backward is not the reverse"
expect 2 "$kubeboard" logs '{namespace="shop"}' --follow --around 2
one_line err
expect 2 "$kubeboard" logs '{namespace="shop"}' 'sum(count_over_time({namespace="shop"}[1m]))'
one_line err
expect 0 "$kubeboard" logs 'sum by (app) (count_over_time({namespace="shop"}[1m]))' --since 30m
expect 1 "$kubeboard" logs '{namespace="shop"'
one_line err
expect 2 "$kubeboard" logs
one_line err
"$kubeboard" logs '{namespace="shop"}' --since 1h 2>"$work/err" | head -3 >"$work/out"
[ ! -s "$work/err" ] || fail "a closed pipe is silent: $(cat "$work/err")"

expect 0 "$kubeboard" collect --once
expect 0 "$kubeboard" windows -o json
has out '"rule":"errors"'
last=$(tail -1 "$work/out" | sed 's/.*"from":"\([^"]*\)".*/\1/')
expect 0 "$kubeboard" windows show "errors/$last"
has out 'MESSAGE'
expect 0 "$kubeboard" doctor
has out '^ok +kubernetes'
has out '^ok +loki'
has out '^ok +prometheus'
has out '^ok +store.processed'
has out '^ok +may write processed'

printf 'user 1 failed\nuser 2 failed\n\ndisk full\n' >"$work/in"
"$kubeboard" group -o ids <"$work/in" >"$work/out"
[ "$(wc -l <"$work/out")" = 4 ] || fail "an id for each line"
[ "$(sed -n 1p "$work/out")" = "$(sed -n 2p "$work/out")" ] || fail "one message, two ids"

expect 0 "$kubeboard" --once
has out 'shop'
