#!/bin/bash
# The conformance suite of the stores on a real S3 server (OpenStack Swift, package python3-swift): a folder, S3 by curl and
# by libs3; then curl where version 2 is refused, with a session token, with a role whose token expires, and over TLS.
#   tests/real/test_store.sh [PROGRAM]     PROGRAM: build/…/tests/real/test_store_conformance
# Signatures are checked by Swift itself; tokens and their expiry by the filter that swift-s3 puts before it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
program=${1:-$root/build/${BUILD:-release}/tests/real/test_store_conformance}
if ! /usr/bin/python3 -c 'import swift' 2>/dev/null; then
    echo "no S3 server: install python3-swift"
    exit 77
fi
[ -x "$program" ] || { echo "not built: $program"; exit 1; }
work=$(mktemp -d)
failed=
cleanup() {
    for server in plain v4only tls; do
        [ ! -d "$work/$server" ] || "$here/swift-s3" stop "$work/$server" || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
. "$here/../environment.sh"
export HOME="$work" AWS_EC2_METADATA_DISABLED=true

# run CASE SERVER [NAME=VALUE…]: the suite with that server's settings.
run() {
    name=$1 server=$2
    shift 2
    # shellcheck disable=SC1090,SC1091
    . "$work/$server/env"
    echo "== $name"
    env KB_CASE="$name" KB_S3_ENDPOINT="$KB_S3_ENDPOINT" KB_S3_REGION="$KB_S3_REGION" KB_S3_BUCKET=kubeboard-test \
        "$@" ${WRAP:-} "$program" || { failed="$failed $name"; tail -n 5 "$work/$server/log"; }
}

"$here/swift-s3" start "$work/plain" >/dev/null
static=(AWS_ACCESS_KEY_ID=KBTESTKEY 'AWS_SECRET_ACCESS_KEY=kbtestsecret+/0123456789')
run plain plain "${static[@]}" TZ=Asia/Seoul

"$here/swift-s3" key "$work/plain" KBTOKEN tokensecret 'token/+=with signs'
run token plain AWS_ACCESS_KEY_ID=KBTOKEN AWS_SECRET_ACCESS_KEY=tokensecret 'AWS_SESSION_TOKEN=token/+=with signs'

"$here/swift-s3" key "$work/plain" KBROLE1 rolesecret/+1 roletoken/+=1 1000000000
"$here/swift-s3" key "$work/plain" KBROLE2 rolesecret/+2 roletoken/+=2 4000000000
echo the-pods-own-token >"$work/token"
run sts plain AWS_ROLE_ARN=arn:aws:iam::123456789012:role/kubeboard AWS_WEB_IDENTITY_TOKEN_FILE="$work/token"
"$here/swift-s3" stop "$work/plain"

KB_S3_NO_V2=1 "$here/swift-s3" start "$work/v4only" >/dev/null
run v4only v4only "${static[@]}"
"$here/swift-s3" stop "$work/v4only"

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key.pem" -out "$work/ca.pem" -days 2 -subj /CN=127.0.0.1 \
    -addext subjectAltName=IP:127.0.0.1 2>/dev/null
KB_S3_TLS_CERT="$work/ca.pem" KB_S3_TLS_KEY="$work/key.pem" "$here/swift-s3" start "$work/tls" >/dev/null
run tls tls "${static[@]}" KB_S3_CA="$work/ca.pem"

[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
echo "all stores conform"
