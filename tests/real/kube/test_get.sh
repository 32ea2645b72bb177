#!/bin/bash
# Every kind that the API server lists, cell by cell against kubectl; then a name, JSON and a watch.
. "$(dirname "$0")/lib.sh"
# What never reported, says no time or one to come, and columns of the server that are called as those that every row has.
made() { jq -e '.metadata.name' "$work/made" >"$work/name" || fail "not made: $(head -c 300 "$work/made")"; }
make() { kube POST "$@" >"$work/made" && made; }
make /api/v1/nodes '{"metadata":{"name":"silent"}}'
make /api/v1/namespaces/default/events '{"metadata":{"name":"timeless"},"involvedObject":{"namespace":"default"}}'
make /api/v1/namespaces/default/events '{"metadata":{"name":"to-come"},"involvedObject":{"kind":"Pod","name":"x","namespace":"default"},
    "type":"Normal","firstTimestamp":"2099-01-01T00:00:00Z","lastTimestamp":"2099-01-01T00:00:00Z","count":2}'
make /apis/storage.k8s.io/v1/volumeattachments '{"metadata":{"name":"attached"},"spec":{"attacher":"csi.example.com",
    "nodeName":"silent","source":{"persistentVolumeName":"pv"}}}'
make /apis/apiextensions.k8s.io/v1/customresourcedefinitions '{"metadata":{"name":"wines.example.com"},"spec":{"group":"example.com",
    "scope":"Cluster","names":{"plural":"wines","singular":"bottle","kind":"Wine"},"versions":[{"name":"v1","served":true,
    "storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}},
    "additionalPrinterColumns":[{"name":"Age","type":"string","jsonPath":".spec.age"}]}]}}'
for _ in $(seq 50); do
    kube POST /apis/example.com/v1/wines '{"apiVersion":"example.com/v1","kind":"Wine","metadata":{"name":"old"},"spec":{"age":"12 years"}}' >"$work/made"
    grep -q '12 years' "$work/made" && break
    sleep 0.2
done
made
# Columns of every type; numbers that are written with powers, lists, a time to come.
make /apis/apiextensions.k8s.io/v1/customresourcedefinitions '{"metadata":{"name":"gauges.example.com"},"spec":{"group":"example.com",
    "scope":"Namespaced","names":{"plural":"gauges","kind":"Gauge","categories":["all","meters"]},"versions":[{"name":"v1","served":true,
    "storage":true,"schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}},
    "additionalPrinterColumns":[{"name":"I","type":"integer","jsonPath":".spec.i"},{"name":"N","type":"number","jsonPath":".spec.n"},
    {"name":"B","type":"boolean","jsonPath":".spec.b"},{"name":"When","type":"date","jsonPath":".spec.d"},
    {"name":"List","type":"string","jsonPath":".spec.l"},{"name":"First","type":"string","jsonPath":".spec.l[0]"},
    {"name":"Name","type":"string","jsonPath":".spec.s"},{"name":"Low","type":"string","jsonPath":".spec.s","priority":1}]}]}}'
gauge() { kube POST /apis/example.com/v1/namespaces/shop/gauges \
    "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Gauge\",\"metadata\":{\"name\":\"$1\"},\"spec\":$2}" >"$work/made"; }
for _ in $(seq 50); do
    gauge full '{"i":1000000000000000,"n":12345678.9,"b":true,"d":"2099-01-01T00:00:00Z","l":["a",1,{"b":[2]}],"s":"東京\r\nkyoto"}'
    grep -q kyoto "$work/made" && break
    sleep 0.2
done
made
gauge odd '{"i":2.7,"n":1e21,"b":"yes","d":"no date","l":"a","s":false}'
gauge empty '{}'
# A pod that failed and is being deleted: this server prints of it what a newer one would not.
make /api/v1/namespaces/default/pods '{"metadata":{"name":"failed-and-leaving"},"spec":{"nodeName":"silent","containers":[{"name":"c","image":"i"}]}}'
kube PATCH /api/v1/namespaces/default/pods/failed-and-leaving/status '{"status":{"phase":"Failed"}}' application/merge-patch+json >"$work/made"
kube DELETE /api/v1/namespaces/default/pods/failed-and-leaving >"$work/made"
python3 "$here/compare" "$kubeboard" kubectl "$admin"

k() { "$kubeboard" --kubeconfig "$admin" "$@"; }
for what in pods bottle wines.v1.example.com all meters "pods --field-selector=status.phase=Pending" \
    "events --field-selector=type=Warning,reason=BackOff"; do
    # shellcheck disable=SC2086
    k get $what -A -o name | sort >"$work/ours"
    # shellcheck disable=SC2086
    kubectl --kubeconfig "$admin" get $what -A -o name | sort >"$work/theirs"
    [ -s "$work/theirs" ] || fail "kubectl has no $what"
    cmp "$work/ours" "$work/theirs" || fail "the names of $what differ from kubectl's"
done

k get nodes -o json | jq -S 'del(.metadata.managedFields)' | jq -s 'sort_by(.metadata.name)' >"$work/ours"
kubectl --kubeconfig "$admin" get nodes -o json | jq -S '[.items[] | del(.metadata.managedFields)] | sort_by(.metadata.name)' >"$work/theirs"
jq -S . "$work/ours" | cmp - <(jq -S . "$work/theirs") || fail "the nodes as JSON differ from kubectl's"

# Line by line, whatever the blanks between; ages are left out.
lines() { sed -E 's/  +/  /g; s/ +$//; s/\b[0-9]+[dhms]([0-9]+[hms])?\b/AGE/g' "$1"; }
for what in "pods,nodes" "nodes,pods,pv" "po,pods" "svc,deploy --no-headers" "all"; do
    # shellcheck disable=SC2086
    k get $what -A >"$work/ours"
    # shellcheck disable=SC2086
    kubectl --kubeconfig "$admin" get $what -A >"$work/theirs" 2>"$work/their.err"
    lines "$work/theirs" >"$work/their.lines"
    lines "$work/ours" | cmp - "$work/their.lines" || fail "$what differs from kubectl's: $(head -3 "$work/ours")"
done
for what in nodes deployments customresourcedefinitions gauges jobs clusterroles; do
    kubectl --kubeconfig "$admin" get "$what" -A -o json |
        jq -r '.items[-1].metadata | "\(.namespace // "default") \(.name)"' >"$work/last"
    read -r namespace name <"$work/last"
    k get "$what" "$name" -n "$namespace" -o yaml >"$work/ours"
    kubectl --kubeconfig "$admin" get "$what" "$name" -n "$namespace" -o yaml | cmp - "$work/ours" ||
        fail "$what $name as YAML differs from kubectl's"
done
# The list differs from kubectl's in nothing, also where lines are broken and where nothing is in it.
for what in nodes "deploy,svc -A" "gauges -A" "pods -n nowhere" "ns default kube-system"; do
    # shellcheck disable=SC2086
    k get $what -o yaml >"$work/ours"
    # shellcheck disable=SC2086
    kubectl --kubeconfig "$admin" get $what -o yaml | cmp - "$work/ours" || fail "$what as YAML differ from kubectl's"
done

expect 2 k get secrets -A
has err 'secrets'
expect 1 k get pods no-such-pod -n shop
one_line err
expect 1 k get no-such-resource
one_line err
if ! kubectl --kubeconfig "$admin" get cronjobs.v1.batch >"$work/theirs" 2>&1; then
    expect 1 k get cronjobs.v1.batch
    one_line err
fi
expect 1 k get pods -A --field-selector no.such=field
one_line err

# What comes, changes and goes while it is watched: the same lines as kubectl's.
kube POST /api/v1/namespaces '{"metadata":{"name":"watched"}}' >"$work/made"
"$kubeboard" --kubeconfig "$admin" get configmaps -n watched -w --no-headers >"$work/ours" 2>"$work/watch.err" &
watchers=$!
kubectl --kubeconfig "$admin" get configmaps -n watched -w --no-headers >"$work/theirs" 2>"$work/their.err" &
watchers="$watchers $!"
sleep 1
kube POST /api/v1/namespaces/watched/configmaps '{"metadata":{"name":"comes"}}' >"$work/made"
kube PATCH /api/v1/namespaces/watched/configmaps/comes '{"data":{"a":"b"}}' application/merge-patch+json >"$work/made"
kube DELETE /api/v1/namespaces/watched/configmaps/comes >"$work/made"
kube POST /api/v1/namespaces/watched/configmaps '{"metadata":{"name":"seen-last"}}' >"$work/made"
for _ in $(seq 50); do
    grep -q seen-last "$work/ours" && grep -q seen-last "$work/theirs" && break
    sleep 0.1
done
# shellcheck disable=SC2086
kill $watchers
lines "$work/theirs" >"$work/their.lines"
lines "$work/ours" | cmp - "$work/their.lines" ||
    fail "watched: $(cat "$work/ours" "$work/watch.err") and kubectl's: $(cat "$work/theirs")"

# A change arrives while it is watched.
"$kubeboard" --kubeconfig "$admin" get configmaps -n shop -w -o name >"$work/watched" 2>"$work/watch.err" &
watcher=$!
sleep 1
kube POST /api/v1/namespaces/shop/configmaps '{"metadata":{"name":"seen-live"}}' >"$work/made"
for _ in $(seq 50); do
    grep -q seen-live "$work/watched" && break
    sleep 0.1
done
kill "$watcher"
grep -q seen-live "$work/watched" || fail "the new config map was not seen: $(cat "$work/watch.err")"
