#!/bin/bash
# SIGTERM ends a collector in seconds, also while S3 or Loki do not answer; SIGHUP takes a new configuration, and keeps the
# old one where the new one is wrong.
HOURS=1
. "$(dirname "$0")/lib_collector.sh"
control=$(url_of control)
config=$work/own/config.yaml
mkdir "$work/own"
cp "$KUBEBOARD_CONFIG" "$config"
chmod 600 "$config"

# begin CASE: a collector of its own store.
begin() {
    choose_store running-curl "$1"
    : >"$work/log"
    start_collector running-curl
}

# term CASE: it ends, well, within five seconds.
term() {
    kill -TERM "$pid"
    for _ in $(seq 50); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    ! kill -0 "$pid" 2>/dev/null || fail "$1: SIGTERM: it still runs after 5 s"
    wait "$pid" || fail "$1: SIGTERM: status $?"
}

for source in s3 loki; do
    curl -fsS -o "$work/reply" "$control/faults" --data-urlencode "fault=slow=$source:60s"
    begin "slow-$source"
    sleep 1
    term "$source does not answer"
    curl -fsS -o "$work/reply" "$control/faults" --data-urlencode clear=all
done

export KUBEBOARD_CONFIG=$config
begin hangup
wait_for_round
echo 'nonsense: [' >>"$config"
kill -HUP "$pid"
said log 'the new configuration is not used' 5
kill -0 "$pid" || fail "a bad configuration ended it"
sed -i '$d' "$config"
kill -HUP "$pid"
said log 'the configuration was read again' 5
for _ in $(seq 100); do
    [ "$(grep -c '"this collector writes"' "$work/log")" -lt 2 ] || break
    sleep 0.1
done
[ "$(grep -c '"this collector writes"' "$work/log")" = 2 ] || fail "it does not go on: $(tail -3 "$work/log")"
term "after SIGHUP"
