#!/bin/bash
# A board that is started while its API server is away: when the server comes nothing of it is news, and the kinds whose
# version depends on the server (cron jobs, autoscalers) are looked at as well.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"

kill -KILL "$(pid_of)"
open_board board --kubeconfig "'$admin'" -n shop
shows 10 'Broken.*(connecting|failed)'
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
shows 120 'Broken [1-9].*live'
for _ in $(seq 150); do
    screen | grep -E 'Broken .*(cron jobs|autoscalers) failed' >"$work/unseen" || break
    sleep 0.2
done
[ ! -s "$work/unseen" ] || fail "never looked at: $(cat "$work/unseen")"
screen | sed -n '/Broken/,/Nodes/p' | grep -qw new && fail "what was there before is no news: $(screen)"
exit 0
