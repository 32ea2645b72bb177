#!/bin/bash
# The collector on a real S3 server (OpenStack Swift) with keys that end in mid-run: a web identity (IRSA) whose token is
# rotated, the Pod Identity agent, a shared credentials file that is written anew; STS away for a while; keys that the
# server ends sooner than was said. Afterwards the store is byte-equal to an undisturbed run with keys that do not end,
# and no key or token is in the log. The stand-in for STS and agent: aws_stand_in.py.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export HOURS="${HOURS:-1}"
. "$here/../e2e/lib_collector.sh"
start_s3 swift
server=$work/swift
use_s3 "$server/env"

standin=$work/stand-in
mkdir "$standin"
echo "planted-agent-token-1" >"$standin/token"
start_server "$work/stand-in.log" python3 -B "$here/aws_stand_in.py" "$standin" "$server/keys"
for _ in $(seq 100); do
    [ ! -s "$standin/port" ] || break
    sleep 0.1
done
url=http://127.0.0.1:$(cat "$standin/port")

choose_store running-curl whole
finish running-curl
sums whole
whole=$(grep -c '/windows/.*/[0-9]*\.json' "$work/whole.sums")
unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
export AWS_EC2_METADATA_DISABLED=true

# begin STORE LIVES SAYS: a collector on an empty store, with keys that are good for LIVES seconds.
begin() {
    store=$1
    choose_store running-curl "$store"
    echo "$2 $3" >"$standin/lives"
    : >"$work/log"
    : >"$standin/asked"
    start_collector running-curl
}

# windows N: so many were done.
windows() {
    for _ in $(seq 600); do
        [ "$(grep -c '"window done"' "$work/log")" -lt "$1" ] || return 0
        kill -0 "$pid" 2>/dev/null || fail "$store: the collector ended: $(tail -3 "$work/log")"
        sleep 0.05
    done
    fail "$store: no $1 windows: $(tail -3 "$work/log")"
}

# at_two COMMAND…: done while the collector stands still with some windows behind it and some to come.
at_two() {
    windows 2
    kill -STOP "$pid"
    [ "$(grep -c '"window done"' "$work/log")" -lt "$whole" ] || fail "$store: every window is done already"
    "$@"
    kill -CONT "$pid"
}

# done_whole: every window is done; what lies there is what the undisturbed run left, and the log is clean.
done_whole() {
    windows "$whole"
    sleep 0.5
    kill -TERM "$pid"
    wait "$pid" || fail "$store: SIGTERM: status $?"
    (static_keys && same "$store" whole "$store")
    ! grep -ao '.\{0,60\}planted.\{0,40\}' "$work/log" | grep . || fail "$store: it is in the log"
    echo "$store: byte-equal, asked $(wc -l <"$standin/asked") times"
}

static_keys() {
    export AWS_ACCESS_KEY_ID="$KB_S3_ACCESS_KEY" AWS_SECRET_ACCESS_KEY="$KB_S3_SECRET_KEY"
}

# asked N: at least so often, and not at each request.
asked() {
    count=$(wc -l <"$standin/asked")
    [ "$count" -ge "$1" ] && [ "$count" -le 20 ] || fail "$store: keys were asked for $count times"
}

# ---- web identity ----
export AWS_ROLE_ARN=arn:aws:iam::123456789012:role/kubeboard AWS_WEB_IDENTITY_TOKEN_FILE=$work/token
export AWS_ENDPOINT_URL_STS=$url
echo planted-web-token-1 >"$work/token"
begin irsa 3 3
rotate_and_end() {
    echo planted-web-token-2 >"$work/token.new"
    mv "$work/token.new" "$work/token"
    sleep 3.2
}
at_two rotate_and_end
done_whole
asked 2
grep -q 'token-1$' "$standin/asked" && grep -q 'token-2$' "$standin/asked" || fail "the rotated token was not read"

# The server ends keys sooner than was said.
begin irsa-expired 2 3600
at_two sleep 2.2
done_whole
asked 2

# Keys with less time left than we like to have: an agent may give such, and gives the same ones again.
begin irsa-short 300 300
done_whole
asked 1

# STS is away while the keys end.
begin irsa-away 2 2
sts_goes() {
    : >"$standin/gone"
    sleep 2.2
}
at_two sts_goes
sleep 4
rm "$standin/gone"
done_whole

# Our clock or theirs is wrong: keys that have ended when they come are no keys.
begin irsa-past -10 -10
for _ in $(seq 100); do
    ! grep -q 'broke off' "$work/log" || break
    sleep 0.1
done
grep -q 'broke off.*clock' "$work/log" || fail "keys that have ended: $(tail -2 "$work/log")"
! grep -q '"window done"' "$work/log" || fail "a window was done without keys"
echo "3600 3600" >"$standin/lives"
done_whole
unset AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_ENDPOINT_URL_STS

# ---- the agent ----
export AWS_CONTAINER_CREDENTIALS_FULL_URI=$url/v1/credentials AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=$work/agent
echo planted-agent-token-1 >"$work/agent"
begin agent 3 3
rotate_agent() {
    echo planted-agent-token-2 >"$work/agent"
    echo planted-agent-token-2 >"$standin/token"
    sleep 3.2
}
at_two rotate_agent
done_whole
asked 2
grep -q 'token-2$' "$standin/asked" || fail "the agent's rotated token was not read"
unset AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE

# ---- a shared credentials file, written anew by whoever logs in ----
export AWS_SHARED_CREDENTIALS_FILE=$work/credentials

# profile N: keys into the file.
profile() {
    "$here/swift-s3" key "$server" "PLANTEDFILE$1" "planted-file-secret$1" "planted-file-token$1"
    printf '[default]\naws_access_key_id = PLANTEDFILE%s\naws_secret_access_key = planted-file-secret%s\n%s%s\n' \
        "$1" "$1" 'aws_session_token = planted-file-token' "$1" >"$work/credentials.new"
    chmod 600 "$work/credentials.new"
    mv "$work/credentials.new" "$work/credentials"
}

# end_keys N: the server calls them expired from now on.
end_keys() {
    "$here/swift-s3" key "$server" "PLANTEDFILE$1" "planted-file-secret$1" "planted-file-token$1" 1000000000
}

profile 1
begin file 0 0
renew_file() {
    profile 2
    end_keys 1
}
at_two renew_file
done_whole

# Keys that were taken away are unknown to the server: the file has new ones.
profile 3
begin file-rotated 0 0
rotate_file() {
    profile 4
    sed -i '/^PLANTEDFILE3\t/d' "$server/keys"
}
at_two rotate_file
done_whole

# Nobody writes new ones: it says so, and goes on when they come.
profile 5
begin file-late 0 0
at_two end_keys 5
for _ in $(seq 300); do
    ! grep -q 'broke off.*ExpiredToken' "$work/log" || break
    sleep 0.1
done
grep -q 'broke off.*ExpiredToken' "$work/log" || fail "keys that ended: $(tail -2 "$work/log")"
profile 6
done_whole
