#!/bin/bash
# What a board comes back to may be another world: a version that the server has forgotten (410), credentials that are
# good no more (401), a server that has no time (429). It shows what is, by itself, and says what a person has to do.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"
. "$here/lib_proxy.sh"
start_proxy tls
shop=/api/v1/namespaces/shop
pod() { kube POST "$shop/pods" "{\"metadata\":{\"name\":\"$1\"},\"spec\":{\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}" >"$work/made"; }
gone() { kube DELETE "$shop/pods/$1" '{"gracePeriodSeconds":0}' >"$work/gone"; }

echo "a version that is forgotten"
pod aa-before
open_board board --kubeconfig "'$config'" -n shop --log-file "'$work/log'" -v
shows 20 'Pods [1-9].*live'
type_in :deployments Enter
shows 20 'Deployments [1-9].* live' # the names of resources have come
type_in :pods Enter z '&aa-' Enter
shows 10 'aa-before'
fault away
shows 15 'Pods .* stale [0-9]+s'
gone aa-before
pod aa-after
revision=$(kube GET "$shop/pods?limit=1" | sed -n 's/.*"resourceVersion": *"\([0-9]*\)".*/\1/p' | head -1)
curl -fsS "$ETCD_URL/v3/kv/compaction" -d "{\"revision\":\"$revision\",\"physical\":true}" >"$work/made"
kill -KILL "$(pid_of)"
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
screen | grep -q 'aa-before' || fail "the rows went with the server: $(screen)"
fault pass
shows 90 'Pods 1/[0-9]+ .* live' # the longest wait between two tries is 60 s
shows 5 'aa-after'
screen | grep -q 'aa-before' && fail "a pod that was deleted meanwhile is still there: $(screen)"
gone aa-after
shows 10 'Pods 0/[0-9]+ .* live'

echo "no time: when to come again is the server's word"
fault answer 429 8
sleep 0.5
type_in ':deployments' Enter
shows 10 'Deployments .*failed: said by the proxy \(again in [4-8]s\)'
fault pass
shows 12 'Deployments [1-9].* live'
type_in Q
shows 5 'ended with 0'

echo "credentials that are good no more, in the middle of a watch"
# account NAME: an account that may read, and its token
account() {
    kube POST "$shop/serviceaccounts" "{\"metadata\":{\"name\":\"$1\"}}" >"$work/made"
    kube POST "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" "{\"metadata\":{\"name\":\"$1\"},
        \"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"ClusterRole\",\"name\":\"cluster-admin\"},
        \"subjects\":[{\"kind\":\"ServiceAccount\",\"namespace\":\"shop\",\"name\":\"$1\"}]}" >"$work/made"
    kube POST "$shop/serviceaccounts/$1/token" '{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}' |
        sed -n 's/.*"token": *"\([^"]*\)".*/\1/p' >"$work/token.new"
    mv "$work/token.new" "$work/token"
}
cat >"$work/plugin" <<END
#!/bin/sh
echo run >>'$work/runs'
[ -s '$work/token' ] || { echo 'the session has ended; run: aws sso login' >&2; exit 1; }
echo "{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":\"ExecCredential\",\"status\":{\"token\":\"\$(cat '$work/token')\"}}"
END
chmod +x "$work/plugin"
sed -i "s,  user: {token.*,  user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1\, command: $work/plugin}}," "$config"
account first
open_board login --kubeconfig "'$config'" -n shop
shows 20 'Pods [1-9].*live'
kube DELETE "$shop/serviceaccounts/first" >"$work/gone"
account second
runs=$(wc -l <"$work/runs")
sleep 11 # for so long the server remembers that a token was good
fault cut 0.5
sleep 1
fault pass
for _ in $(seq 100); do [ "$(wc -l <"$work/runs")" -gt "$runs" ] && break; sleep 0.1; done
[ "$(wc -l <"$work/runs")" = $((runs + 1)) ] || fail "the plugin was run $(($(wc -l <"$work/runs") - runs)) times"
shows 20 'Pods [1-9].*live'

echo "a plugin that fails"
kube DELETE "$shop/serviceaccounts/second" >"$work/gone"
: >"$work/token"
sleep 11
fault cut 0.5
sleep 1
fault pass
shows 20 'Pods [1-9].*(denied|failed|stale)'
shows 5 'aws sso login'
shows 5 'Running'
account third
shows 90 'Pods [1-9].*live'
type_in Q
shows 5 'ended with 0'
