#!/bin/bash
# Every kind that the API server lists, cell by cell against kubectl; then a name, JSON and a watch.
. "$(dirname "$0")/lib.sh"
python3 "$here/compare" "$kubeboard" kubectl "$admin"

k() { "$kubeboard" --kubeconfig "$admin" "$@"; }
k get pods -A -o name | sort >"$work/ours"
kubectl --kubeconfig "$admin" get pods -A -o name | sort >"$work/theirs"
cmp "$work/ours" "$work/theirs" || fail "the names of the pods differ from kubectl's"

k get nodes -o json | jq -S 'del(.metadata.managedFields)' | jq -s 'sort_by(.metadata.name)' >"$work/ours"
kubectl --kubeconfig "$admin" get nodes -o json | jq -S '[.items[] | del(.metadata.managedFields)] | sort_by(.metadata.name)' >"$work/theirs"
jq -S . "$work/ours" | cmp - <(jq -S . "$work/theirs") || fail "the nodes as JSON differ from kubectl's"

expect 2 k get secrets -A
has err 'secrets'
expect 1 k get pods no-such-pod -n shop
one_line err
expect 1 k get no-such-resource
one_line err

# A change arrives while it is watched.
k get configmaps -n shop -w -o name >"$work/watched" 2>"$work/watch.err" &
watcher=$!
sleep 1
kube POST /api/v1/namespaces/shop/configmaps '{"metadata":{"name":"seen-live"}}' >"$work/made"
for _ in $(seq 50); do
    grep -q seen-live "$work/watched" && break
    sleep 0.1
done
kill "$watcher"
grep -q seen-live "$work/watched" || fail "the new config map was not seen: $(cat "$work/watch.err")"
