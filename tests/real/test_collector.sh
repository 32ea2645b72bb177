#!/bin/sh
# The collector under kill -9 (tests/e2e/collect_killed.sh) on a real S3 server, OpenStack Swift, by both clients.
# KILLS=200 is the long run.
. "$(dirname "$0")/lib.sh"
start_s3 swift
S3_ENV="$work/swift/env" HOURS=1 CASES="${CASES:-once-curl once-libs3 running-curl}" "$root/tests/e2e/collect_killed.sh"
