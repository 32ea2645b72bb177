#!/bin/bash
# What goes through the API server to a kubelet: a container's log that loses and doubles nothing while the server is
# killed and started again, a shell that gets the terminal and gives it back, a forwarded port that outlives the server.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"

pod=$(kubectl --kubeconfig "$admin" get pods -n shop -o name | grep /api- | head -1 | sed 's,pod/,,')
node=$(kubectl --kubeconfig "$admin" get pod -n shop "$pod" -o 'jsonpath={.spec.nodeName}')
address=$(kubectl --kubeconfig "$admin" get node "$node" -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}')
pki=$KUBE_SERVER/pki
"$here/kubelet" "$address" "$pki/apiserver.crt" "$pki/apiserver.key" "$pki/ca.crt" >"$work/kubelet" 2>"$work/kubelet.err" &
kubelet=$!
mkdir "$work/behind"
head -c 3000000 /dev/urandom >"$work/behind/bytes"
python3 -u -m http.server --bind "$address" -d "$work/behind" 0 >"$work/http" 2>"$work/http.err" &
http=$!
for _ in $(seq 50); do [ -s "$work/kubelet" ] && [ -s "$work/http" ] && break; sleep 0.1; done
# A newer server hands a WebSocket on only to a kubelet that says it speaks them; else it speaks SPDY itself.
kube PATCH "/api/v1/nodes/$node/status" "{\"status\":{\"declaredFeatures\":[\"ExtendWebSocketsToKubelet\"],\"daemonEndpoints\":{\"kubeletEndpoint\":{\"Port\":$(cat "$work/kubelet")}}}}" \
    application/strategic-merge-patch+json >"$work/made"
behind=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/http")

open_board board --kubeconfig "'$admin'" -n shop --write
shows 20 'Pods [0-9]+.* live'
type_in ':pods' Enter z '&' "$pod" Enter
shows 5 'Pods 1/.* live'

echo "a shell"
type_in A
shows 10 '▸ Shell'
type_in Enter
shows 10 'y or yes and Enter'
type_in y Enter
shows 10 'exit ends it'
type_in 'stty size; echo $((6 * 7))' Enter
shows 10 '^50 160'
shows 10 '^42$'
tmux -S "$socket" resize-window -t board -x 140 -y 40
type_in 'stty size' Enter
shows 10 '^40 140'
type_in 'exit 3' Enter
shows 10 'ended with status 3'
tmux -S "$socket" resize-window -t board -x 160 -y 50
type_in q

echo "a forwarded port"
type_in A
shows 10 '▸ Shell'
type_in Down Enter
shows 10 '^port '
type_in C-u ":$behind" Enter
shows 10 'y or yes and Enter'
type_in y Enter
shows 10 '127.0.0.1:[0-9]+ leads to it'
local=$(screen | grep -o '127.0.0.1:[0-9]*' | head -1)
curl -fsS --max-time 20 "http://$local/bytes" | cmp - "$work/behind/bytes" || fail "other bytes came through the port"
type_in q
shows 5 'Pods 1/.* live'

echo "a log"
type_in l
shows 10 'Logs [0-9]+ .*following.* live'
shows 10 'line [0-9]+ of the log'
kill -KILL "$(pid_of)"
shows 10 'Logs .* stale [0-9]+s'
curl -sS --max-time 5 "http://$local/bytes" >"$work/none" 2>&1 && fail "a port led somewhere without a server"
# The newest line on the screen.
newest() { screen | sed -n 's/.*line \([0-9]*\) of the log.*/\1/p' | tail -1; }
last=$(newest)
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
shows 30 'Logs .* live'
for _ in $(seq 100); do [ "$(newest)" -gt $((last + 5)) ] && break; sleep 0.1; done
type_in o
shows 5 'save'
type_in C-u "$work/saved.log" Enter
for _ in $(seq 50); do [ -s "$work/saved.log" ] && break; sleep 0.1; done
sed -n 's/.*line \([0-9]*\) of the log.*/\1/p' "$work/saved.log" >"$work/lines"
[ "$(tail -1 "$work/lines")" -gt $((last + 5)) ] || fail "no new lines came: $(screen)"
seq "$(head -1 "$work/lines")" "$(tail -1 "$work/lines")" | cmp - "$work/lines" ||
    fail "lines are missing or twice: $(tr '\n' ' ' <"$work/lines")"
curl -fsS --max-time 20 "http://$local/bytes" | cmp - "$work/behind/bytes" || fail "the port did not come back"
type_in ':pf' Enter
shows 5 "$local .*$pod"
type_in Q
shows 5 'ended with 0'
kill "$kubelet" "$http"
