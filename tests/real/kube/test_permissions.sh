#!/bin/bash
# A user without any rights, and one with rights in one namespace: each is told what is missing, and the rest works.
. "$(dirname "$0")/lib.sh"
viewer=$KUBE_SERVER/kubeconfig-viewer
expect 1 "$kubeboard" --kubeconfig "$viewer" get pods -n shop
one_line err
has err 'pods'
"$kubeboard" --kubeconfig "$viewer" --once --timeout 20s >"$work/frame" 2>"$work/err" && fail "a frame without rights is no success"
grep -qi 'denied\|may not' "$work/frame" || fail "no pane says that it may not: $(cat "$work/frame")"

kube POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/roles '{"metadata":{"name":"reader"},"rules":[
    {"apiGroups":["","apps","batch"],"resources":["*"],"verbs":["get","list","watch"]}]}' >"$work/made"
kube POST /apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings '{"metadata":{"name":"reader"},
    "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reader"},
    "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"kubeboard:viewers"}]}' >"$work/made"
for _ in $(seq 50); do
    "$kubeboard" --kubeconfig "$viewer" get pods -n shop >"$work/out" 2>"$work/err" && break
    sleep 0.1
done
[ "$(wc -l <"$work/out")" -gt 3 ] || fail "the pods of the one namespace: $(cat "$work/err")"
"$kubeboard" --kubeconfig "$viewer" --once -n shop --timeout 20s >"$work/frame" 2>"$work/err" || [ $? = 3 ] || fail "a board of one namespace: $(cat "$work/err")"
pods=$(($(wc -l <"$work/out") - 1))
grep -q "Pods $pods " "$work/frame" || fail "the $pods pods of the one namespace are not on the board: $(cat "$work/frame")"
grep -qi 'denied\|may not' "$work/frame" || fail "nothing says that nodes are not to be seen: $(cat "$work/frame")"
