#!/bin/bash
# Contexts are listed and gone to without a restart, to and fro: each shows its own, and nothing is left behind of the
# one before (open descriptors, memory).
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"

token=$(sed -n 's/.*token: *\([^}]*\)}.*/\1/p' "$KUBE_SERVER/kubeconfig-viewer")
sed "s/^users:/- name: few\n  context: {cluster: real, user: viewer}\nusers:\n- name: viewer\n  user: {token: $token}/" "$admin" >"$work/kubeconfig"
chmod 600 "$work/kubeconfig"
open_board board --kubeconfig "'$work/kubeconfig'"
shows 20 'Pods [1-9][0-9]* .*live'
pid=$(pgrep -P "$(tmux -S "$socket" display -p -t board '#{pane_pid}')" | head -1)
descriptors() { find "/proc/$pid/fd" -mindepth 1 | wc -l; }
memory() { sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"; }

type_in ':ctx' Enter
shows 5 '◆ real +real +me +default'
type_in '&few' Enter Enter
shows 20 '^ few .*only namespace default'
shows 10 'Pods 0 .*denied: may not list pods'
for round in $(seq 10); do
    type_in ':ctx real' Enter
    shows 20 'Pods [1-9][0-9]* .*live'
    screen | grep -q '^ real ' || fail "the header is of another context: $(screen | head -1)"
    [ "$round" != 2 ] || { open=$(descriptors) held=$(memory); }
    [ "$round" = 10 ] || type_in ':ctx few' Enter
    [ "$round" = 10 ] || shows 20 'Pods 0 .*denied: may not list pods'
done
[ "$(descriptors)" -le $((open + 4)) ] || fail "$(descriptors) descriptors are open, $open were at the second switch"
# A program with a sanitizer keeps what it frees.
grep -q __asan_init "$kubeboard" || [ "$(memory)" -le $((held + 4096)) ] || fail "$(memory) kB are held, $held were at the second switch"
type_in Q
shows 5 'ended with 0'
