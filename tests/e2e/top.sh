#!/bin/sh
# `kubeboard top` on the sandbox: with Prometheus, with one that is away, and what it refuses.
. "$(dirname "$0")/lib.sh"
start_sandbox

expect 0 "$kubeboard" top nodes
has out '^NAME +CPU +CPU% +CPU-REQ +CPU-LIM +MEMORY +MEM% +MEM-REQ +MEM-LIM +CPU-1H +MEM-1H'
has out ' [0-9.]+m? +[0-9]+% +[0-9.]+m? +[0-9.]+m? +[0-9.]+Gi +[0-9]+% .*[▁▂▃▄▅▆▇█]{20}'
has err '^kubeboard: top: CPU and memory from prometheus, [0-9]+s old$'
[ "$(wc -l <"$work/out")" = 7 ] || fail "six nodes and a title: $(cat "$work/out")"

# As many pods as have not ended, and each once.
expect 0 "$kubeboard" top pods -A -o json
"$kubeboard" get pods -A | awk 'NR > 1 && $4 !~ /Completed|Evicted|Error/' >"$work/pods"
[ "$(wc -l <"$work/out")" = "$(wc -l <"$work/pods")" ] || fail "$(wc -l <"$work/out") pods of $(wc -l <"$work/pods")"
has out '^\{"namespace":"shop","name":"[a-z0-9-]+","source":"prometheus","time":"[0-9TZ:-]+","cpu":0\.[0-9]+,"memory":[0-9]+,"requests":\{"cpu":0\.[0-9]+,"memory":[0-9]+\},"limits":\{.*"last_hour":\{"step":60,"cpu":\['
expect 0 "$kubeboard" top pods -n shop
has out '^NAME +CPU +CPU-REQ'
expect 0 "$kubeboard" top pods -A -l app=kafka
[ "$(wc -l <"$work/out")" = 4 ] || fail "three kafkas and a title: $(cat "$work/out")"

# Without Prometheus the metrics server tells; with neither, requests and limits still show, and that is said.
KUBEBOARD_PROMETHEUS_URL=http://127.0.0.1:1
export KUBEBOARD_PROMETHEUS_URL
expect 3 "$kubeboard" top nodes
has out ' [0-9.]+m? +[0-9]+% +[0-9.]+m? +[0-9.]+m? +[0-9.]+Gi +[0-9]+% '
has err 'cannot connect'
has err 'CPU and memory from metrics.k8s.io'
kill "$sandbox_pid"
start_sandbox --fault no-metrics
expect 3 "$kubeboard" top nodes
has out '^NAME +CPU +CPU% +CPU-REQ +CPU-LIM +MEMORY +MEM% +MEM-REQ +MEM-LIM$'
has out ' - +- +[0-9.]+m? '
has err 'cannot connect'
has err 'requests and limits alone are shown'
expect 3 "$kubeboard" top pods -n shop -o json
has out '"source":null,"time":null,"cpu":null,"memory":null,"requests":\{"cpu":0'
unset KUBEBOARD_PROMETHEUS_URL

for wrong in '' services 'nodes pods' secrets; do
    # shellcheck disable=SC2086
    expect 2 "$kubeboard" top $wrong
    one_line err
done
expect 2 "$kubeboard" top nodes -o yaml
