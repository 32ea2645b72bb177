#!/bin/sh
# The demo: one frame of its own world, whatever the user has configured; of --config only what the screen shows counts.
. "$(dirname "$0")/lib.sh"
export TMPDIR="$work" KUBEBOARD_CLUSTER=prod KUBEBOARD_LOKI_URL=http://127.0.0.1:9 KUBECONFIG=/nowhere

expect 0 "$kubeboard" demo --once --height 60
has out '^ sandbox  all namespaces .*LIVE'
has out 'Broken [0-9]+ '
has out 'Windows [0-9]+ .*live'
has out 'Logs [0-9]+ .*live'

cat >"$work/own.yaml" <<'EOF'
cluster: prod
loki: {url: https://loki.example.com, tenant: shop, queries: {mine: '{namespace="shop"}'}}
store: {raw: s3://away/raw, processed: s3://away/processed}
ui: {layout: logs}
EOF
expect 0 "$kubeboard" demo --once --config "$work/own.yaml" --context sandbox
has out '^ sandbox  all namespaces .*LIVE'
has out 'Volume .*live'
has out 'Logs [0-9]+ .*live'
# Only titles and the top line are asked: a log line of the world may hold any word.
! grep -E '^ prod |Broken [0-9]+ ' "$work/out" || fail "of --config more or less than the layout is shown"
expect 3 "$kubeboard" demo --once --context sandbox-stranger
has out '401|Unauthorized|expired'

left=$(ls -d "$work"/kubeboard-demo-* 2>/dev/null || true)
[ -z "$left" ] || fail "left behind: $left"
