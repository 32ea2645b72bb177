#!/bin/bash
# A user with rights in two namespaces only, on a board in a real terminal: the watches follow `:ns`, what is asked for
# where nothing is allowed says so, and 0 comes back to what was seen last, which is never news. All of it on one connection.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"

viewer=$KUBE_SERVER/kubeconfig-viewer
for ns in shop data; do
    kube POST "/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/roles" '{"metadata":{"name":"scope"},"rules":[
        {"apiGroups":["*"],"resources":["*"],"verbs":["get","list","watch"]}]}' >"$work/made"
    kube POST "/apis/rbac.authorization.k8s.io/v1/namespaces/$ns/rolebindings" '{"metadata":{"name":"scope"},
        "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"scope"},
        "subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"kubeboard:viewers"}]}' >"$work/made"
done
for _ in $(seq 50); do
    "$kubeboard" --kubeconfig "$viewer" get leases -n data >"$work/out" 2>"$work/err" && break
    sleep 0.1
done

open_board board --kubeconfig "'$viewer'" -n shop
shows 20 'Pods [1-9][0-9]* .*live'
shows 10 'Broken [1-9].*live'
[ "$(connections)" = 1 ] || fail "its watches share no connection: $(connections)"
type_in ':ns data' Enter
shows 10 'Pods [1-9][0-9]* .*live'
screen | grep -q 'namespace data' || fail "the scope stays: $(screen)"
shows 10 'Broken [1-9].*live'
sleep 2
screen | sed -n '/Broken/,/Nodes/p' | grep -qw new && fail "what another namespace has is no news: $(screen)"
type_in ':ns payments' Enter
shows 10 'Pods .*denied: may not list pods in payments'
type_in 0
shows 10 'Pods [1-9][0-9]* .*live'
screen | grep -q 'only namespace data' || fail "the namespace seen last: $(screen)"
type_in ':deployments' Enter
shows 10 'Deployments [1-9].*live'
