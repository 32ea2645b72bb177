#!/bin/bash
# The collector under kill -9 (tests/e2e/collect_killed.sh) on a real S3 server, OpenStack Swift, by both clients.
# KILLS=200 is the long run.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
if ! /usr/bin/python3 -c 'import swift' 2>/dev/null; then
    echo "no S3 server: install python3-swift"
    exit 77
fi
server=$(mktemp -d)
cleanup() {
    "$here/swift-s3" stop "$server" || true
    rm -rf "$server"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
"$here/swift-s3" start "$server" >/dev/null
S3_ENV="$server/env" HOURS=1 CASES="${CASES:-once-curl once-libs3 running-curl}" "$here/../e2e/collect_killed.sh"
