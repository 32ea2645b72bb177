#!/bin/sh
# The board and the commands from a collector's HTTP: no store, no cluster, no Loki.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_terminal.sh"
start_sandbox
export KUBEBOARD_STORE_RAW="file://$work/store" KUBEBOARD_STORE_PROCESSED="file://$work/store" KUBEBOARD_CLUSTER=test
export KUBEBOARD_COLLECTOR_CATCH_UP=1h KUBEBOARD_COLLECTOR_LISTEN=127.0.0.1:0
echo secret >"$work/token"
chmod 600 "$work/token"
KUBEBOARD_COLLECTOR_LISTEN_TOKEN_FILE="$work/token" "$kubeboard" collect 2>"$work/collect.log" &
collector=$!
finish() {
    status=$?
    set +e
    kill "$collector" 2>/dev/null
    (exit "$status")
    end
}
trap finish EXIT
for _ in $(seq 100); do
    grep -q '"round done"' "$work/collect.log" && break
    sleep 0.2
done
port=$(sed -n 's/.*"msg":"listening".*"port":"\([0-9]*\)".*/\1/p' "$work/collect.log")
[ -n "$port" ] || fail "the collector does not say where it listens: $(cat "$work/collect.log")"
url=http://127.0.0.1:$port

# Nothing but the server is known from here on.
unset KUBEBOARD_STORE_RAW KUBEBOARD_STORE_PROCESSED KUBEBOARD_CLUSTER
: >"$work/empty.yaml"
export KUBEBOARD_CONFIG="$work/empty.yaml" KUBECONFIG="$work/none"
expect 1 "$kubeboard" windows --server "$url"
grep -q bearer "$work/err" || fail "without a token: $(cat "$work/err")"
export KUBEBOARD_SERVER_BEARER_TOKEN_FILE="$work/token"

expect 0 "$kubeboard" windows --server "$url" -o json
[ "$(wc -l <"$work/out")" -ge 5 ] || fail "windows: $(cat "$work/out")"
from=$(jq -r 'select(.rule == "errors") | .from' "$work/out" | tail -1)
expect 0 "$kubeboard" windows show "errors/$from" --server "$url"
grep -q '^ *COUNT  STATE' "$work/out" || fail "a window: $(cat "$work/out")"
grep -qE ' (new|worse|known|\?) +' "$work/out" || fail "badges: $(cat "$work/out")"
expect 0 "$kubeboard" windows show "errors/$from" --server "$url" -o json
[ "$(jq -r .schema "$work/out")" = 1 ] || fail "the stored window: $(cat "$work/out")"
expect 0 "$kubeboard" doctor --server "$url"
grep -q '^ok *server .*windows of 2 rules' "$work/out" || fail "doctor: $(cat "$work/out")"

expect 0 "$kubeboard" --server "$url" --once --width 160 --height 45
grep -q 'test  all namespaces' "$work/out" || fail "the cluster's name: $(head -1 "$work/out")"
grep -qE 'Pods 6[0-9].* snapshot [0-9]' "$work/out" || fail "pods of the snapshot: $(cat "$work/out")"
grep -qE 'CPU [0-9]+%' "$work/out" || fail "usage: $(cat "$work/out")"
grep -q 'Loki is configured' "$work/out" || fail "the log pane: $(cat "$work/out")"
grep -qE 'Broken 3 .* snapshot [0-9]' "$work/out" || fail "what was broken: $(cat "$work/out")"
grep -qE 'Groups [1-9][0-9]* . errors' "$work/out" || fail "groups: $(cat "$work/out")"

# Other resources of the snapshot, by name; of what it has not got the pane says so.
t new-session -d -x 120 -y 40 "$kubeboard --server $url"
shows 'Pods 6[0-9].* snapshot'
line ':deploy'
shows 'Deployments [0-9]+ .* 1 bad .*snapshot'
shows 'shop +checkout +0/4'
line ':svc'
shows 'Services [0-9]+ .*snapshot'
line ':configmaps'
shows "the collector's snapshots hold no"
keys Escape Escape Escape
line ':at 3d'
shows 'no snapshot is as old as that'
hides 'crash loop'
t kill-server

kill $collector
wait $collector 2>/dev/null
expect 1 "$kubeboard" --server "$url" --once --timeout 5s
