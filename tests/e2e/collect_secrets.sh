#!/bin/sh
# Secrets planted in lines, labels and what snapshots could carry: none of them is in any object of the store, in the
# collector's log or in the events that it writes (their messages: tests/wire/test_snapshot.c, test_event_feed.c).
. "$(dirname "$0")/lib.sh"
start_sandbox
export KUBEBOARD_STORE_RAW="file://$work/store" KUBEBOARD_STORE_PROCESSED="file://$work/store" KUBEBOARD_CLUSTER=test
export KUBEBOARD_COLLECTOR_CATCH_UP=20m KUBEBOARD_COLLECTOR_EVENTS=stdout KUBEBOARD_COLLECTOR_WINDOW=1m
loki=$(url_of loki)
api=$(url_of kubernetes)
jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.c2lnbmF0dXJlcGxhbnRlZA

cat >"$work/lines" <<END
error aws AKIAIOSFODNN7EXAMPLE aws_secret_access_key=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
error Authorization: Bearer planted01bearertoken1234567890
error jwt $jwt end
error dial postgres://bob:planted02@db/x
error password=planted03 pwd: planted04 client_secret='planted05' api_key: planted06key
error {"password":"planted07","token": "planted08abcdef"}
error user planted09@example.com failed
error card 4111 1111 1111 1111 and 4111-1111-1111-1111
error https://x/?token=planted10query&a=b
error PGPASSWORD=planted11 psql
error -----BEGIN RSA PRIVATE KEY-----
MIIEplanted12AKCAQEAqgk7W7plantedkeylinexxxxxxxxxxxxxxxxxxxxxxxxxxxx
error inside MIIEplanted13AKCAQEAqgk7W7plantedkeylinexxxxxxxxxxxxxxxxxxxxxxxx
-----END RSA PRIVATE KEY-----
error Cookie: a=planted19; sid=planted20
error https://x.example/b?sv=1&sig=planted21abc%2F012%3D&se=2
error mysql -uroot -pplanted22 shop; curl -u bob:planted23 https://x
error <password>planted24</password> bind with password 'planted25'
error next=password%3Dplanted26 jdbc:oracle:thin:bob/planted27@//h:1521/x
error Server=db;Uid=sa;Pwd=planted28; AccountKey=planted29==
error behind the key
END
now=$(date +%s)
jq -Rn --arg now "$((now - 150))" --arg jwt "$jwt" '{streams: [{
    stream: {namespace: "shop", pod: "planted-pod", container: "c", app: "planted-app", node_name: "n1",
        owner: "planted14@example.com", dsn: "postgres://bob:planted15@db/x", password: "planted16", auth_token: $jwt},
    values: [foreach inputs as $l (0; . + 1; [($now + "\(. + 100000)000"), $l])]}]}' "$work/lines" >"$work/push"
curl -fsS -H 'Content-Type: application/json' -o "$work/pushed" --data-binary @"$work/push" "$loki/loki/api/v1/push" ||
    fail "the push failed"

curl -fsS -H 'Content-Type: application/json' -o "$work/created" --data-binary @- "$api/api/v1/namespaces/shop/configmaps" <<END
{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"planted-map","namespace":"shop",
"annotations":{"a":"password=planted17"}},"data":{"p":"planted18 AKIAIOSFODNN7EXAMPLE"}}
END

"$kubeboard" collect >"$work/events" 2>"$work/log" &
pid=$!
for _ in $(seq 200); do
    grep -q '"snapshot done"' "$work/log" && grep -q '"round done"' "$work/log" && break
    sleep 0.1
done
kill "$pid"
wait "$pid" || fail "SIGTERM: status $?"
# Nothing is proved by what was not collected.
find "$work/store" -type f | while read -r file; do
    case $file in
    *.gz) gzip -dc "$file" ;;
    *) cat "$file" ;;
    esac
done >"$work/all"
cat "$work/events" "$work/log" >>"$work/all"
has all 'planted-pod.*error behind the key'
has all '"name":"planted-map"'
has all 'password=<redacted:passwords>'
has all '"owner":"<redacted:emails>"'
has all '"password":"<redacted:passwords>"'
for secret in 'planted[0-9][0-9]' AKIAIOSFODNN wJalrXUtn '4111.1111' "$(echo "$jwt" | cut -c1-30)"; do
    ! grep -aoE ".{0,60}$secret.{0,20}" "$work/all" | head -3 | grep . || fail "it was stored: $secret"
done
expect 0 "$kubeboard" collect --reprocess
