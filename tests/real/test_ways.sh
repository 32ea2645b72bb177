#!/bin/bash
# The ways to a real S3 server (OpenStack Swift), gone by the whole collector: TLS by a certificate authority of one's own,
# through a proxy that wants a login (CONNECT, and plain http), the bucket as a host, server-side encryption asked for.
# Each leaves the bytes that the plain way leaves; without the authority nothing is sent.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
export HOURS="${HOURS:-1}"
. "$here/../e2e/lib_collector.sh"

# An authority, and a certificate by it for the server's names.
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" -days 2 -subj "/CN=our own authority" \
    -addext basicConstraints=critical,CA:TRUE 2>"$work/openssl"
openssl req -newkey rsa:2048 -nodes -keyout "$work/server.key" -out "$work/server.csr" -subj /CN=s3 2>>"$work/openssl"
echo 'subjectAltName=IP:127.0.0.1,DNS:s3.localhost,DNS:*.s3.localhost' >"$work/names"
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
    -extfile "$work/names" -out "$work/server.pem" 2>>"$work/openssl"
start_s3 plain
export KB_S3_DOMAIN=s3.localhost KB_S3_TLS_CERT="$work/server.pem" KB_S3_TLS_KEY="$work/server.key"
start_s3 tls
unset KB_S3_DOMAIN KB_S3_TLS_CERT KB_S3_TLS_KEY

mkdir "$work/proxy"
start_server "$work/proxy.log" python3 -B "$here/forward_proxy.py" "$work/proxy"
for _ in $(seq 100); do
    [ ! -s "$work/proxy/port" ] || break
    sleep 0.1
done
proxy=http://user:planted-proxy-password@127.0.0.1:$(cat "$work/proxy/port")

# use NAME: that server, for the collector and for reading back.
use() {
    use_s3 "$work/$1/env"
    export CURL_CA_BUNDLE="$work/ca.pem"
    : >"$work/proxy/asked"
}

# way NAME VARIABLE=VALUE…: a collector with them leaves what the plain way leaves.
way() {
    name=$1
    shift
    choose_store once-curl "$name"
    (export "$@" && finish once-curl) || fail "$name: $(tail -3 "$work/log")"
    same "$name" whole "$name"
    ! grep -o '.\{0,60\}planted.\{0,40\}' "$work/log" | grep . || fail "$name: it is in the log"
    echo "$name: byte-equal"
}

use plain
choose_store once-curl whole
finish once-curl
sums whole
way http-proxy "KUBEBOARD_STORE_S3_PROXY=$proxy"
grep -q "^PUT $s3/kubeboard-test/http-proxy/test/windows/" "$work/proxy/asked" || fail "the proxy was not gone through"

# Swift knows no encryption: it says so of what asks for it, and nothing is stored without.
choose_store once-curl encrypted
: >"$work/log"
(
    export "KUBEBOARD_STORE_S3_PROXY=$proxy" KUBEBOARD_STORE_S3_ENCRYPTION=aws:kms:key/1
    start_collector once-curl
    wait "$pid"
) && fail "encrypted: it was stored all the same"
grep -q 'NotImplemented: Server-side encryption.*store.s3.encryption' "$work/log" || fail "encrypted: $(tail -3 "$work/log")"
puts=$(grep -c '^PUT .*/encrypted/' "$work/proxy/asked")
asked=$(grep -c '^PUT .*x-amz-server-side-encryption:aws:kms x-amz-server-side-encryption-aws-kms-key-id:key/1' "$work/proxy/asked")
[ "$puts" -gt 0 ] && [ "$puts" = "$asked" ] || fail "$asked of $puts puts ask for encryption"
echo "encrypted: asked for by each of $puts puts"

use tls
way tls KUBEBOARD_STORE_S3_TLS_CA_FILE="$work/ca.pem"
way tls-bundle AWS_CA_BUNDLE="$work/ca.pem"
way tls-proxy KUBEBOARD_STORE_S3_TLS_CA_FILE="$work/ca.pem" "KUBEBOARD_STORE_S3_PROXY=$proxy"
grep -q "^CONNECT ${s3#https://} " "$work/proxy/asked" || fail "no CONNECT: $(head -3 "$work/proxy/asked")"
way tls-environment KUBEBOARD_STORE_S3_TLS_CA_FILE="$work/ca.pem" "HTTPS_PROXY=$proxy"
way hosts KUBEBOARD_STORE_S3_TLS_CA_FILE="$work/ca.pem" KUBEBOARD_STORE_S3_ENDPOINT="https://s3.localhost:${s3##*:}" \
    KUBEBOARD_STORE_S3_PATH_STYLE=false
grep -q 'PUT https://kubeboard-test.s3.localhost:.*/hosts/test/windows/' "$work/tls/log" || fail "the bucket was not a host"

# A certificate that nobody vouches for: nothing is sent, and it is said why.
choose_store once-curl untrusted
: >"$work/log"
start_collector once-curl
! wait "$pid" || fail "it trusted an authority that it does not know"
grep -qi certificate "$work/log" || fail "nothing is said of the certificate: $(tail -3 "$work/log")"
s3_curl "$s3/$processed?list-type=2&prefix=untrusted%2F" >"$work/list"
grep -q '<KeyCount>0<' "$work/list" || fail "objects came through: $(head -c 300 "$work/list")"
