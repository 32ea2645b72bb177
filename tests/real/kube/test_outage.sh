#!/bin/bash
# Every kind of pane while its API server is killed, stays away and comes back; hangs with its connections open; and
# while a router forgets the connections that stand: the rows stay, the age of what is shown is said, and all of it is
# live again by itself. No board ends.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"
. "$here/lib_proxy.sh"

# pane NAME OPTION...: a board that shows this pane and no other
pane() {
    name=$1
    shift
    open_board "$name" --kubeconfig "'$config'" -n shop "$@"
    shows 20 'Pods [0-9]+.* live'
    type_in ":$name" Enter
    case $name in nodes | pods) type_in z ;; esac
    [ "$name" = forwards ] || shows 10 "${name^} [1-9].*━ live ━"
}
# page KEY: the page of the first pod, from one of its sides
page() {
    pane pods
    tmux -S "$socket" rename-session -t pods "page-$1"
    at=page-$1
    shows 5 'Pods [0-9]+.* live'
    type_in "$1"
    shows 10 'Pod shop/.*read [0-9]+s ago.* live'
}
lists='nodes deployments widgets events namespaces'
pages='page-d page-y page-v'

start_proxy
for name in $lists; do pane "$name"; done
pane forwards --write
for key in d y v; do page "$key"; done
# shellcheck disable=SC2086
open_board board --kubeconfig "'$config'" -n shop
shows 20 'Pods [0-9]+.* live'
pod=$(kubectl --kubeconfig "$admin" get pods -n shop -o name | head -1 | sed 's,pod/,,' | cut -c1-8)
shows 5 "$pod"
all="board $lists $pages"

echo "killed, and started again"
kill -KILL "$(pid_of)"
# shellcheck disable=SC2086
each 10 ' stale [0-9]+s ' $all forwards
at=board
screen | grep -q "$pod" || fail "the rows went with the server"
at=widgets
screen | grep -q 'widget-shop' || fail "the rows of a custom resource went with the server"
at=page-d
screen | grep -q 'Controlled by' || fail "the page went with the server"
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
# shellcheck disable=SC2086
each 30 '━ live ━' $lists $pages
each 30 'LIVE' board forwards
at=board
kube POST /api/v1/namespaces/shop/pods '{"metadata":{"name":"aa-after-outage"},"spec":{"containers":[{"name":"c","image":"i"}]}}' >"$work/made"
type_in '/' 'aa-after' Enter
shows 20 'aa-after'
kube DELETE /api/v1/namespaces/shop/pods/aa-after-outage '{"gracePeriodSeconds":0}' >"$work/gone"

echo "hangs, with its connections open"
kill -STOP "$(pid_of)"
# shellcheck disable=SC2086
each 30 ' stale [0-9]+s ' $all
kill -CONT "$(pid_of)"
# shellcheck disable=SC2086
each 20 '━ live ━' $lists $pages

echo "a router forgets the connections"
fault hole
at=board
shows 30 'Pods .* stale [0-9]+s '
# shellcheck disable=SC2086
each 30 '━ live ━' $lists $pages
each 5 'LIVE' board forwards
kube POST /api/v1/namespaces/shop/pods '{"metadata":{"name":"aa-after-hole"},"spec":{"containers":[{"name":"c","image":"i"}]}}' >"$work/made"
at=board
type_in '/' 'aa-after-h' Enter
shows 10 'aa-after-hole'
kube DELETE /api/v1/namespaces/shop/pods/aa-after-hole '{"gracePeriodSeconds":0}' >"$work/gone"

echo "the streams are cut again and again"
fault cut 2
for _ in $(seq 30); do
    screen | grep -Eq 'Pods .*(denied|failed)' && fail "a stream that is cut is no failure: $(screen)"
    sleep 0.2
done
fault pass
# shellcheck disable=SC2086
each 20 '━ live ━' $lists $pages
for at in $all forwards; do
    screen | grep -q 'ended with' && fail "the board $at ended: $(screen)"
done
at=board
type_in Q
shows 5 'ended with 0'
