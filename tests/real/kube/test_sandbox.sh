#!/bin/bash
# The sandbox answers as the real API server does; where they differ, the sandbox is wrong.
. "$(dirname "$0")/lib.sh"
start_sandbox
python3 "$here/shape" "$admin" "$work/sandbox/kubeconfig"
