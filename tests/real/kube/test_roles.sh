#!/bin/bash
# An API server that starts refuses everything but its administrator's until it has read its roles. A board of a service
# account is not made smaller by that, says of what age its rows are, and is whole again within seconds; rights that are
# taken and given back are followed the same way.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"
. "$here/lib_proxy.sh"
shop=/api/v1/namespaces/shop
rbac=/apis/rbac.authorization.k8s.io/v1
start_proxy tls
binding="{\"metadata\":{\"name\":\"roles\"},
    \"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},
    \"subjects\":[{\"kind\":\"ServiceAccount\",\"namespace\":\"shop\",\"name\":\"roles\"}]}"
kube POST "$shop/serviceaccounts" '{"metadata":{"name":"roles"}}' >"$work/made"
kube POST "$rbac/clusterrolebindings" "$binding" >"$work/made"
token=$(kube POST "$shop/serviceaccounts/roles/token" '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}' |
    sed -n 's/.*"token": *"\([^"]*\)".*/\1/p')
sed -i "s,  user: {token.*,  user: {token: $token}," "$config"

echo "everything is refused for a moment after an outage"
open_board board --kubeconfig "'$config'"
shows 20 'Pods [1-9][0-9]* .*live'
shows 10 'Broken [1-9].* live'
sleep 3 # until all kinds were found
fault away
shows 15 'Pods .* stale [0-9]+s'
fault answer 403
shows 20 'Pods [1-9][0-9]* .*stale [0-9]+s, denied'
sleep 3
fault pass
shows 12 'Pods [1-9][0-9]* .* live'
shows 12 'Broken [1-9][0-9]* [━─]+ live'
screen | grep -q 'all namespaces' || fail "the board was made smaller: $(screen | head -3)"

echo "so it is when the board is started at that time"
fault answer 403
open_board late --kubeconfig "'$config'"
shows 20 'Pods 0 .*denied'
fault pass
shows 20 'Pods [1-9].* live'
shows 20 'all namespaces'
shows 40 'Broken [1-9][0-9]* [━─]+ live'
type_in Q
shows 5 'ended with 0'

echo "rights are taken, and given back"
at=board
kube DELETE "$rbac/clusterrolebindings/roles" >"$work/gone"
fault cut 1
sleep 2
fault pass
shows 20 'Pods [1-9][0-9]* .*stale [0-9]+s, denied: may not list pods \(as system:serviceaccount:shop:roles\)'
shows 60 'only namespace default'
shows 10 'denied: may not list pods in default'
kube POST "$rbac/clusterrolebindings" "$binding" >"$work/made"
shows 80 'all namespaces'
shows 20 'Pods [1-9][0-9]* .* live'
type_in Q
shows 5 'ended with 0'
kube DELETE "$rbac/clusterrolebindings/roles" >"$work/gone"
