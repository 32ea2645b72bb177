#!/bin/bash
# The board in a real terminal while its API server is killed, stays away, and comes back: the rows stay, the age of what
# is shown is said, and it is live again by itself. Then a server that stops answering with its connections open.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"

tmux -S "$socket" -f /dev/null new-session -d -s board -x 160 -y 50 \
    "TERM=screen-256color '$kubeboard' --kubeconfig '$admin' -n shop 2>'$work/err'; echo ended with \$?; sleep 60"
shows 20 'Pods [0-9]+.* live'
pod=$(kubectl --kubeconfig "$admin" get pods -n shop -o name | head -1 | sed 's,pod/,,' | cut -c1-8)
shows 5 "$pod"

kill -KILL "$(pid_of)"
shows 30 'Pods .*(stale|reconnecting|failed)'
screen | grep -q "$pod" || fail "the rows went with the server"
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
shows 60 'Pods .* live'
kube POST /api/v1/namespaces/shop/pods '{"metadata":{"name":"aa-after-outage"},"spec":{"containers":[{"name":"c","image":"i"}]}}' >"$work/made"
tmux -S "$socket" send-keys -t board '/' 'aa-after' Enter
shows 20 'aa-after'
kube DELETE /api/v1/namespaces/shop/pods/aa-after-outage '{"gracePeriodSeconds":0}' >"$work/gone"

# Nothing is closed, nothing answers: only the silence tells.
kill -STOP "$(pid_of)"
shows 150 'Pods .*(stale|reconnecting|failed)'
kill -CONT "$(pid_of)"
shows 90 'Pods .* live'
screen | grep -q 'ended with' && fail "the board ended: $(screen)"
tmux -S "$socket" send-keys -t board Q
shows 5 'ended with 0'
