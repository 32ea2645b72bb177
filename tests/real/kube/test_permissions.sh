#!/bin/bash
# A user without any rights, and one with rights in one namespace: each is told what is missing, and the rest works.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"
rbac=/apis/rbac.authorization.k8s.io/v1
subjects='"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"kubeboard:viewers"}]'
# role NAMESPACE NAME RULES: what the viewer may do there
role() {
    kube POST "$rbac/namespaces/$1/roles" "{\"metadata\":{\"name\":\"$2\"},\"rules\":$3}" >"$work/made"
    kube POST "$rbac/namespaces/$1/rolebindings" "{\"metadata\":{\"name\":\"$2\"},$subjects,
        \"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Role\",\"name\":\"$2\"}}" >"$work/made"
}
viewer=$KUBE_SERVER/kubeconfig-viewer
expect 1 "$kubeboard" --kubeconfig "$viewer" get pods -n shop
one_line err
has err 'pods'
"$kubeboard" --kubeconfig "$viewer" --once --timeout 20s >"$work/frame" 2>"$work/err" && fail "a frame without rights is no success"
grep -qi 'denied\|may not' "$work/frame" || fail "no pane says that it may not: $(cat "$work/frame")"

expect 3 "$kubeboard" --kubeconfig "$viewer" doctor -n shop
has out '^FAIL  may list pods  *no, neither in all namespaces nor in shop: bind a role'
has out '^FAIL  may list nodes  *no: bind a role'

echo "every pane says what is missing"
open_board board --kubeconfig "'$viewer'"
shows 20 'Pods 0 .*denied: may not list pods in default \(as viewer\)'
shows 5 'Denied: may not list nodes'
for name in namespaces events deployments widgets leases; do
    type_in ":$name" Enter
    shows 10 "denied: may not list $name"
    shows 5 'ask for a (Cluster)?Role'
done
type_in ':secrets' Enter
shows 5 'never lists Secrets'
type_in Q
shows 5 'ended with 0'

echo "one pod by its name"
pod=$(kubectl --kubeconfig "$admin" get pods -n data -o name | head -1 | sed 's,pod/,,')
role data getter '[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]'
for _ in $(seq 50); do
    "$kubeboard" --kubeconfig "$viewer" get pods "$pod" -n data >"$work/out" 2>"$work/err" && break
    sleep 0.1
done
has out "^$pod "
expect 1 "$kubeboard" --kubeconfig "$viewer" get pods -n data
one_line err

echo "one namespace"
role shop reader '[{"apiGroups":["","apps","batch"],"resources":["*"],"verbs":["get","list","watch","delete"]}]'
for _ in $(seq 50); do
    "$kubeboard" --kubeconfig "$viewer" get pods -n shop >"$work/out" 2>"$work/err" && break
    sleep 0.1
done
[ "$(wc -l <"$work/out")" -gt 3 ] || fail "the pods of the one namespace: $(cat "$work/err")"
"$kubeboard" --kubeconfig "$viewer" --once -n shop --timeout 20s >"$work/frame" 2>"$work/err" || [ $? = 3 ] || fail "a board of one namespace: $(cat "$work/err")"
pods=$(($(wc -l <"$work/out") - 1))
grep -q "Pods $pods " "$work/frame" || fail "the $pods pods of the one namespace are not on the board: $(cat "$work/frame")"
grep -qi 'denied\|may not' "$work/frame" || fail "nothing says that nodes are not to be seen: $(cat "$work/frame")"
expect 3 "$kubeboard" --kubeconfig "$viewer" doctor -n shop
has out '^ok    may list pods  *in namespace shop, not in all'
has out '^FAIL  may list namespaces .*:ns NAME'

echo "no access review"
kube GET $rbac/clusterrolebindings/system:basic-user >"$work/basic"
kube DELETE $rbac/clusterrolebindings/system:basic-user >"$work/gone"
for _ in $(seq 50); do
    "$kubeboard" --kubeconfig "$viewer" doctor -n shop >"$work/out" 2>"$work/err" || true
    grep -q 'it was tried' "$work/out" && break
    sleep 0.1
done
has out '^ok    may list pods  *in namespace shop, not in all; it was tried'
has out '^FAIL  may get pods/log .*selfsubjectaccessreviews'
open_board reviews --kubeconfig "'$viewer'" -n shop --write
shows 20 'Pods [1-9][0-9]* .*live'
type_in ':pods' Enter A
shows 10 '▸ (Delete|Shell)'
type_in q Q
shows 5 'ended with 0'
sed 's/"resourceVersion": *"[0-9]*",//; s/"uid": *"[^"]*",//' "$work/basic" >"$work/again"
kube POST $rbac/clusterrolebindings "$(cat "$work/again")" | grep -q '"basic-user"\|system:basic-user' || fail "the binding is not restored"
