#!/bin/bash
# The sandbox answers as the real API server does; where they differ, the sandbox is wrong.
. "$(dirname "$0")/lib.sh"
# A server that has been up since its store was empty knows every version; all others have forgotten the first.
"$here/control-plane" restart-apiserver "$KUBE_SERVER" >"$work/restart"
start_sandbox
python3 "$here/shape" "$admin" "$work/sandbox/kubeconfig"
