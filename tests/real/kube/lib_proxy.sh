# shellcheck shell=bash
# A proxy with faults before the API server, after lib.sh: $config is a kubeconfig that leads through it.
# start_proxy tls: it ends TLS, and can answer itself. Sourced.
fault() { echo "$*" >"$work/mode"; }
start_proxy() {
    local port pki=$KUBE_SERVER/pki
    port=$(sed -n 's/.*KUBE_PORT=\([0-9]*\).*/\1/p' "$KUBE_SERVER/ports")
    fault pass
    # shellcheck disable=SC2086
    "$here/proxy" "$port" "$work/mode" ${1:+"$pki/apiserver.crt" "$pki/apiserver.key"} >"$work/port" 2>"$work/proxy.err" &
    for _ in $(seq 50); do [ -s "$work/port" ] && break; sleep 0.1; done
    config=$work/kubeconfig
    (umask 077 && sed "s/127.0.0.1:$port/127.0.0.1:$(cat "$work/port")/" "$admin" >"$config")
}
