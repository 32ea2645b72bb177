#!/bin/sh
# A login that asks its user: the terminal is the plugin's, then the board's again; a refused one is said, with how to mend it.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_terminal.sh"

start_sandbox
token=$(sed -n 's/^ *token: *//p' "$work/sandbox/kubeconfig" | head -1)
cat >"$work/plugin" <<END
#!/bin/sh
printf 'Password: ' >&2
read word </dev/tty || exit 1
[ "\$word" = secret ] || { echo "wrong password; run: aws sso login" >&2; exit 1; }
echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"$token"}}'
END
chmod +x "$work/plugin"
cat >"$work/kubeconfig" <<END
current-context: mine
clusters: [{name: c, cluster: {server: "$(url_of kubernetes)"}}]
contexts: [{name: mine, context: {cluster: c, user: u}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: $work/plugin, interactiveMode: Always}}}]
END
unset KUBEBOARD_CONFIG

t new-session -d -x 120 -y 40 "$kubeboard --kubeconfig $work/kubeconfig 2>$work/err; echo ended with \$?; sleep 60"
shows '^Password:'
line wrong
shows 'Pods .*(failed|denied)'
shows 'wrong password'
shows 'aws sso login'
line ':login'
shows '^Password:'
line secret
shows 'Pods [0-9]+ .*live'
keys Q
shows 'ended with 0'
