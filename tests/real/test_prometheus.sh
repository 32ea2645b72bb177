#!/bin/sh
# A real Prometheus with an hour of history for the sandbox's nodes and pods: the board draws what promtool says.
. "$(dirname "$0")/lib.sh"
command -v prometheus >/dev/null || { echo "no prometheus is installed"; exit 77; }
start_sandbox
"$kubeboard" get nodes -o name | sed 's#node/##' >"$work/nodes"
"$kubeboard" get pods -A -o json | jq -r '.metadata.namespace + " " + .metadata.name' >"$work/pods"

python3 - "$work" <<'PY' >"$work/history.om"
import pathlib, sys, time
work = pathlib.Path(sys.argv[1])
nodes = work.joinpath("nodes").read_text().split()
pods = [line.split() for line in work.joinpath("pods").read_text().splitlines()]
now = int(time.time()) // 30 * 30
times = range(now - 3600, now + 31, 30)
def family(name, kind, rows):
    print(f"# TYPE {name} {kind}")
    for labels, value in rows:
        for t in times:
            print(f"{name}{'_total' if kind == 'counter' else ''}{{{labels}}} {value(t - now + 3600)} {t}")
def pod(ns, name):
    return f'namespace="{ns}",pod="{name}",container="c",node="{nodes[0]}"'
family("container_cpu_usage_seconds", "counter", [(pod(*p), lambda s, i=i: 0.1 * (i + 1) * s) for i, p in enumerate(pods)])
family("container_memory_working_set_bytes", "gauge", [(pod(*p), lambda s, i=i: (i + 1) * 1048576) for i, p in enumerate(pods)])
family("node_cpu_seconds", "counter", [(f'instance="{n}:9100",mode="idle"', lambda s, i=i: s * (0.9 - 0.1 * i)) for i, n in enumerate(nodes)])
family("node_memory_MemAvailable_bytes", "gauge", [(f'instance="{n}:9100"', lambda s, i=i: 2**34 * (0.8 - 0.1 * i)) for i, n in enumerate(nodes)])
family("node_memory_MemTotal_bytes", "gauge", [(f'instance="{n}:9100"', lambda s: 2**34) for n in nodes])
family("node_uname_info", "gauge", [(f'instance="{n}:9100",nodename="{n}"', lambda s: 1) for n in nodes])
print("# EOF")
PY
promtool tsdb create-blocks-from openmetrics "$work/history.om" "$work/data" >"$work/promtool.out" 2>&1 ||
    fail "promtool: $(tail -3 "$work/promtool.out")"
port=$(free_port)
printf 'global: {scrape_interval: 30s}\nscrape_configs: [{job_name: self, static_configs: [{targets: ["127.0.0.1:%s"]}]}]\n' "$port" >"$work/prometheus.yml"
start_server "$work/prometheus.log" prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/data" \
    --web.listen-address="127.0.0.1:$port"
export KUBEBOARD_PROMETHEUS_URL="http://127.0.0.1:$port"
wait_for "$KUBEBOARD_PROMETHEUS_URL/-/ready"

expect 0 "$kubeboard" doctor
has out '^ok +prometheus'
# The first node idles at 90 %, the second at 80 %: 10 % and 20 % on the board.
expect 0 "$kubeboard" --once --width 200 --height 60
first=$(sed -n 1p "$work/nodes") second=$(sed -n 2p "$work/nodes")
grep -F "${first%%.*}" "$work/out" | grep -q '10%' || fail "no 10% beside $first: $(grep -F "${first%%.*}" "$work/out")"
grep -F "${second%%.*}" "$work/out" | grep -q '20%' || fail "no 20% beside $second"
grep -q '[▁▂▃▄▅▆▇█]' "$work/out" || fail "no sparkline"

# Away: the pane says so, though the cluster's own metrics stand in; the rest stands.
for pid in $servers; do kill "$pid"; done
sleep 0.5
expect 3 "$kubeboard" --once --width 200 --height 60
has out 'Metrics .*failed: cannot connect'
