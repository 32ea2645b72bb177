#!/bin/sh
# The dashboard in a real terminal: tmux. What goldens cannot show: start, resize, suspend, end, and what is left behind.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../e2e/lib_terminal.sh"

start_sandbox
t new-session -d -x 120 -y 40 "bash --norc --noprofile -i"
line "PS1='ready> '; clear"
shows '^ready>'

echo "start: panes fill, the cursor's pod is in the header"
line "$kubeboard"
shows 'Pods [0-9]+ .*live'
shows 'Windows .*Groups .*Metrics'
shows '━ Broken [0-9]+ .*live'
keys Down Up
shows 'pod (checkout|recommendation)'

echo "what is broken comes first; its page, YAML, events, the log of the run before, and back"
keys g Enter
shows '━ Pod shop/checkout.*live'
shows 'Controlled by +ReplicaSet/checkout'
keys y
shows 'kind: Pod'
keys v
shows '· events'
keys p
shows 'Logs .*kube api .*container checkout of shop/checkout.*previous'
shows 'exit status|panic:|health check|connection refused|listening'
keys ':'
keys -l 'broken'
keys Enter
shows '━ Broken'

echo "resize: smaller, too small, larger"
t resize-window -x 80 -y 24
shows 'Windows [0-9]+ .* Groups'
t resize-window -x 60 -y 20
shows 'needs *'
shows '80x24'
t resize-window -x 200 -y 60
shows 'NODE'
t resize-window -x 120 -y 40

echo "keys: help and back, zoom, arrows that arrive whole, Korean in the prompt"
keys '?'
shows 'Help'
keys Escape
hides 'Help ━'
keys ':'
keys -l 'logs'
keys Enter
keys z
shows '━ Logs'
hides 'Nodes'
keys z
shows 'Nodes'
keys ':'
keys -l 'ns 상점'
shows '^:ns 상점'
keys Escape
hides '^:ns'

echo "any resource by its name, down, and back the same way"
line ':certs'
shows 'Certificates 3 .*1 warn.*live'
shows 'pay-example-com +False'
line ':deploy'
shows 'Deployments [0-9]+ .*live'
keys Enter
shows 'Deployment/.*LIVE'
shows '━ Pods [0-9]+/'
keys Escape
shows 'Deployments [0-9]+ .*live'
keys Escape
shows 'Certificates 3 '
keys Escape
hides 'Certificates 3 '
line ':deplyoments'
shows 'Near it: deployments.apps'

echo "suspend and back"
keys C-z
shows 'Stopped'
line 'clear; fg'
shows 'Pods [0-9]+ '

echo "end: the terminal is as it was"
keys Q
shows '^ready> *$'
line 'clear; stty -a | grep -c -- " -echo \| -icanon "'
shows '^0$'
[ "$(t display-message -p '#{cursor_flag}')" = 1 ] || fail "the cursor stays hidden"
[ "$(t display-message -p '#{alternate_on}')" = 0 ] || fail "the other screen stays on"

echo "terminals that cannot"
line "clear; TERM=nosuch $kubeboard; echo status \$?"
shows 'TERM=nosuch is unknown'
shows 'status 2'
line "clear; TERM=screen-nosuch $kubeboard"
shows 'Pods [0-9]+ '
keys Q
shows '^ready> *$'
line "clear; TERM=dumb $kubeboard; echo status \$?"
shows 'cannot place its cursor'

echo "LANG=C and NO_COLOR: ASCII, no colour"
line "clear; LC_ALL=C NO_COLOR=1 TERM=screen $kubeboard"
shows '[=-] Pods [0-9]+ '
t capture-pane -p | LC_ALL=C grep -q '[^ -~]' && fail "something is not ASCII"
t capture-pane -e -p | grep -qE "$(printf '\033')\[(3[0-7]|4[0-7]|9[0-7]|38|48)" && fail "something has a colour"
keys q q q q
shows '^ready> *$'

echo "hang-up: the process ends"
line "clear; $kubeboard"
shows 'Pods [0-9]+ '
pid=$(t list-panes -F '#{pane_pid}')
child=$(pgrep -P "$pid" | head -1)
[ -n "$child" ] || fail "no process to hang up"
t kill-server
for _ in $(seq 50); do
    kill -0 "$child" 2>/dev/null || exit 0
    sleep 0.1
done
echo "FAILED: process $child outlived its terminal"
exit 1
