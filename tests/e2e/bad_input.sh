#!/bin/sh
# Bad input: one clear line each, and the exit status that says whose fault it is.
. "$(dirname "$0")/lib.sh"
start_sandbox
config=$KUBEBOARD_CONFIG

bad() { # bad STATUS WORDS COMMAND…
    status=$1 words=$2
    shift 2
    expect "$status" "$@"
    one_line err
    has err "^kubeboard: .*$words"
}
bad 2 'no such option' "$kubeboard" --frobnicate
bad 2 'no such command' "$kubeboard" frobnicate
bad 2 'does not take' "$kubeboard" get pods --since 1h
bad 2 'cannot|No such' env KUBEBOARD_CONFIG=/nowhere.yaml "$kubeboard" logs '{a="b"}'
printf 'loki:\n  urll: http://x\n' >"$work/typo.yaml"
bad 2 'typo.yaml:2' env KUBEBOARD_CONFIG="$work/typo.yaml" "$kubeboard" logs '{a="b"}'
printf 'loki: {url: [}\n' >"$work/broken.yaml"
bad 2 'broken.yaml' env KUBEBOARD_CONFIG="$work/broken.yaml" "$kubeboard" logs '{a="b"}'
printf 'loki: {tenant: a}\n---\nloki: {tenant: b}\n' >"$work/two.yaml"
bad 2 'two.yaml:2: a second document' env KUBEBOARD_CONFIG="$work/two.yaml" "$kubeboard" logs '{a="b"}'
bad 2 'two.yaml:2: a second document' "$kubeboard" demo --config "$work/two.yaml"
bad 2 '--server: kubeboard demo does not take it' "$kubeboard" demo --server http://127.0.0.1:9
bad 2 '--kubeconfig: kubeboard demo does not take it' "$kubeboard" demo --kubeconfig "$work/two.yaml"
bad 2 '--context: kubeboard sandbox does not take it' "$kubeboard" sandbox --context a
bad 2 'URL' env KUBEBOARD_LOKI_URL=nonsense "$kubeboard" logs '{a="b"}'
bad 2 '--at: ' "$kubeboard" --once --at nonsense
bad 2 '--open: this is no address' "$kubeboard" --once --open nonsense
# A question that nobody can answer is none: the view is not shown.
bad 1 'loki: the query reads about .*loki.budget' env KUBEBOARD_LOKI_BUDGET=1B "$kubeboard" --once --open \
    'kb1/sandbox/q=%7Bnamespace=%22shop%22%7D/v=logs/83e3713e'
bad 2 '--open: .*cut off' "$kubeboard" --once --open kb1/sandbox/00000000
bad 2 '--from: ' "$kubeboard" logs '{a="b"}' --from nonsense
printf 'ui:\n  theme: nosuch\n' >"$work/ui.yaml"
bad 2 'ui.yaml:2: ui.theme: ' "$kubeboard" --once --config "$work/ui.yaml"
bad 2 'KUBEBOARD_UI_LAYOUT: ' env KUBEBOARD_UI_LAYOUT=nosuch "$kubeboard" --once
bad 1 'connect' env KUBEBOARD_LOKI_URL=http://127.0.0.1:9 "$kubeboard" logs '{a="b"}'
bad 1 'Loki' env KUBEBOARD_LOKI_URL="$(url_of kubernetes)" "$kubeboard" logs '{a="b"}'
bad 2 'no kubeconfig|No such|cannot' "$kubeboard" get pods --kubeconfig /nowhere
bad 2 'nosuch' "$kubeboard" get pods --context nosuch
echo 'not: [a kubeconfig' >"$work/kubeconfig"
bad 2 'kubeconfig' "$kubeboard" get pods --kubeconfig "$work/kubeconfig"
bad 2 'Is a directory' "$kubeboard" get pods --kubeconfig "$work"
cat >"$work/loki.kubeconfig" <<EOF
current-context: sandbox
clusters: [{name: loki, cluster: {server: "$(url_of loki)"}}]
contexts: [{name: sandbox, context: {cluster: loki}}]
EOF
bad 1 'Kubernetes API' "$kubeboard" get pods --kubeconfig "$work/loki.kubeconfig"
bad 1 '403|forbidden' "$kubeboard" get nodes --context sandbox-restricted
bad 1 '401|Unauthorized|expired' "$kubeboard" get nodes --context sandbox-stranger
bad 1 '(: | )the TLS handshake failed' env KUBEBOARD_LOKI_URL="$(url_of kubernetes | sed 's/^http:/https:/')" "$kubeboard" logs '{a="b"}'
mkdir -p "$work/locked" && chmod 555 "$work/locked"
if [ "$(id -u)" != 0 ]; then
    bad 1 'locked' env KUBEBOARD_STORE_RAW="file://$work/locked/x" KUBEBOARD_STORE_PROCESSED="file://$work/locked/x" \
        "$kubeboard" collect --once
fi
bad 2 'schema|names no window' "$kubeboard" windows show nonsense

# On the board the pane says it and the others work: status 3.
expect 3 env KUBEBOARD_LOKI_URL=http://127.0.0.1:9 "$kubeboard" --once
has out 'connect'
has out 'checkout|shop'
[ -n "$config" ]
