#!/bin/bash
# Two collectors that begin together, by a Lease of the real API server: one writes. The other takes over within 30 s when
# the holder is stopped, which does no harm when it wakes; without an API server nobody writes, and then one does again.
. "$(dirname "$0")/../../e2e/lib_collector.sh"
export KUBEBOARD_KUBERNETES_KUBECONFIG=$admin KUBEBOARD_KUBERNETES_CONTEXT=real
export KUBEBOARD_COLLECTOR_LEASE_NAMESPACE=shop KUBEBOARD_COLLECTOR_LEASE_NAME=fought-over
end() {
    status=$?
    set +e
    kill -CONT $collectors 2>/dev/null
    kill -KILL $collectors 2>/dev/null
    (exit $status)
    cleanup
}
collectors=
trap end EXIT

choose_store once-curl alone-curl
finish once-curl
sums alone-curl

choose_store running-curl fought
for n in 1 2; do
    : >"$work/fight-$n"
    run_collector "fight-$n"
    eval "pid_$n=$pid"
    collectors="$collectors $pid"
done
# writes N: it says that it does, and has not said since that it does not.
writes() { grep -o 'this collector writes no more\|this collector writes' "$work/fight-$1" | tail -1 | grep -qx 'this collector writes'; }
for _ in $(seq 100); do
    { writes 1 || writes 2; } && break
    sleep 0.1
done
if writes 1; then holder=1 other=2; else holder=2 other=1; fi
writes "$holder" || fail "nobody writes: $(tail -n 3 "$work"/fight-?)"
said "fight-$other" 'this collector waits' 10
! writes "$other" || fail "both write"
held=$(eval "echo \$pid_$holder") waits=$(eval "echo \$pid_$other")

echo "the holder stops"
kill -STOP "$held"
started=$(date +%s)
said "fight-$other" 'this collector writes' 30
echo "taken over after $(($(date +%s) - started)) s"
said "fight-$other" 'round done' 30
before=$(wc -l <"$work/fight-$holder")
kill -CONT "$held"
said "fight-$holder" 'this collector writes no more' 20
! tail -n "+$((before + 1))" "$work/fight-$holder" | grep 'window done.*stored' || fail "it wrote after its lease had gone"
grep -q '"leaseTransitions": *1' <<<"$(kube GET /apis/coordination.k8s.io/v1/namespaces/shop/leases/fought-over)" ||
    fail "the lease has not gone over once: $(kube GET /apis/coordination.k8s.io/v1/namespaces/shop/leases/fought-over)"

echo "the API server goes"
kill -KILL "$(cut -d' ' -f1 "$KUBE_SERVER/kube-apiserver.pid")"
said "fight-$other" 'this collector writes no more' 30
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
for _ in $(seq 400); do
    { writes 1 || writes 2; } && break
    sleep 0.1
done
{ writes 1 || writes 2; } || fail "nobody writes after the API server came back: $(tail -n 3 "$work"/fight-?)"
! { writes 1 && writes 2; } || fail "both write after the API server came back"
kill -TERM "$held" "$waits"
wait "$held" "$waits" || fail "SIGTERM: status $?"
same "after the fight" alone-curl fought
