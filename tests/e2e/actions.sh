#!/bin/sh
# Actions on the sandbox, in a real terminal (tmux): a shell that gets the terminal and gives it back, a forwarded port, a
# deletion, a restart; then the same by kubectl, where there is one.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_terminal.sh"
agree() {
    shows 'y or yes and Enter'
    keys y Enter
}
# row PATTERN: the line of the screen that it begins.
row() { t capture-pane -p | grep -nE "^$1" | head -1 | cut -d: -f1; }
# menu LABEL: opens the menu on the object under the cursor and goes down to that row.
menu() {
    keys A
    shows "^[▸ ] $1 "
    for _ in $(seq $(($(row "[▸ ] $1 ") - $(row '▸')))); do
        keys Down
    done
    shows "^▸ $1 "
    keys Enter
}

start_sandbox
t new-session -d -x 120 -y 40 "bash --norc --noprofile -i"
line "PS1='ready> '; clear"
shows '^ready>'
line "$kubeboard --write --log-file $work/log -v"
shows 'WRITE'
shows 'Pods [0-9]+ .*live'
line ':pods'
keys '&'
line 'web-'
shows 'Pods 3/'
shows '▸.*web-.*Running'

echo "a shell: the terminal is handed over, resized, and comes back"
menu 'Shell'
agree
shows "no container runs here"
line 'stty size'
shows '^40 120'
t resize-window -x 100 -y 30
for _ in $(seq 50); do # until the shell has been told
    line 'stty size'
    sleep 0.2
    t capture-pane -p | grep -q '^30 100' && break
done
shows '^30 100'
line 'sleep 1000'
keys C-c
line 'echo still $here'
shows '^still'
line 'exit 3'
shows 'ended with status 3'
shows 'WRITE'
t resize-window -x 120 -y 40
grep -q 'action done.*ended with status 3' "$work/log" || fail "the log says nothing of it"

echo "Enter alone is no"
keys q
shows '▸.*web-.*Running'
menu 'Delete'
shows 'Delete pod shop/web-.* of cluster sandbox\?'
keys Enter
shows 'Nothing was done'
keys q

echo "a forwarded port"
menu 'Forward a port'
shows '^port .*: 8080'
keys C-u
line ':8080'
agree
shows '127.0.0.1:[0-9]+ leads to it'
port=$(t capture-pane -p -J | sed -n 's/.*127.0.0.1:\([0-9]*\) leads to it.*/\1/p' | head -1)
curl -fsS "http://127.0.0.1:$port/" | grep -q '^shop/web-.* port 8080' || fail "nothing behind the port"
[ "$(curl -fsS "http://127.0.0.1:$port/bytes/5000000" | wc -c)" = 5000000 ] || fail "5,000,000 bytes through the port"
line ':pf'
shows 'shop/web-.*:8080'
keys Enter
agree
shows 'No port is forwarded'
keys q

echo "a deletion: another pod takes its place"
line ':pods'
shows '▸.*web-.*Running'
pod=$(t capture-pane -p | sed -n 's/^.*▸ *shop *\(web-[^ ]*\).*/\1/p')
menu 'Delete'
agree
shows 'is being deleted'
for _ in $(seq 100); do
    "$kubeboard" get pods -n shop -o name >"$work/pods"
    grep -q "$pod" "$work/pods" || break
    sleep 0.2
done
grep -q "$pod" "$work/pods" && fail "$pod is still there"
[ "$(grep -c '^pod/web-' "$work/pods")" = 3 ] || fail "three pods of web: $(grep web "$work/pods")"
keys q

echo "without --write nothing is offered"
keys Q
shows '^ready> ' # the prompt may stand before what the shell left
line "clear; $kubeboard"
shows 'Pods [0-9]+ .*live'
keys A
shows 'started with --write'
keys Q

command -v kubectl >/dev/null || { echo "no kubectl is installed: its part is not run"; exit 0; }
echo "kubectl does the same"
export KUBECONFIG="$work/sandbox/kubeconfig"
k() { kubectl "$@" >"$work/out" 2>"$work/err" || fail "kubectl $*: $(cat "$work/out" "$work/err")"; }
k scale -n shop deployment/web --replicas=4
[ "$(kubectl get deployment web -n shop -o 'jsonpath={.spec.replicas}')" = 4 ] || fail "kubectl scale"
k rollout restart -n shop deployment/web
[ "$(kubectl get rs -n shop -o name | grep -c '/web-')" = 2 ] || fail "no other replica set"
node=$(kubectl get nodes -o name | sed -n 2p)
k drain "$node" --ignore-daemonsets --delete-emptydir-data --timeout=60s
kubectl get "$node" | grep -q SchedulingDisabled || fail "the node is not cordoned"
k uncordon "$node"
pod=$(kubectl get pods -n shop -o name | grep '/web-' | head -1)
k delete -n shop "$pod"
