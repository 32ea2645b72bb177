#!/bin/bash
# Objects whose texts try to reach the terminal: escapes, marks that turn the direction, bytes that are no UTF-8, a label
# that is an option, an annotation of 250 kB. Everything stays in its cell and nothing reaches the terminal.
. "$(dirname "$0")/lib.sh"
k() { "$kubeboard" --kubeconfig "$admin" "$@"; }
# A namespace of its own, so that the pod is on the smallest board.
remove() {
    kube DELETE /api/v1/namespaces/hostile/pods/hostile-pod '{"gracePeriodSeconds":0}' >"$work/gone"
    kube DELETE /api/v1/namespaces/hostile/events/hostile.1 >"$work/gone"
}
kube POST /api/v1/namespaces '{"metadata":{"name":"hostile"}}' >"$work/made"
remove
python3 - >"$work/pod.json" <<'P'
import json
evil = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 \u200bzero\r\nline two\ttab \x9b31m"
print(json.dumps({"metadata": {"name": "hostile-pod", "annotations": {"big": "x" * 250000, "evil": evil}, "labels": {"a": "b"}},
    "spec": {"containers": [{"name": "c", "image": "registry/with space:\x1b[31m", "env": [{"name": "E", "value": evil}],
                             "command": ["sh", "-c", evil]}]}}))
P
kube POST /api/v1/namespaces/hostile/pods "@$work/pod.json" >"$work/made"
jq -e '.kind == "Pod"' "$work/made" >/dev/null || fail "the pod was not made: $(head -c 500 "$work/made")"
python3 - >"$work/status.json" <<'P'
import json
evil = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 \r\nline two \x9b31m"
print(json.dumps({"status": {"phase": "Pending", "reason": evil, "message": evil, "conditions": [
    {"type": "PodScheduled", "status": "False", "reason": evil, "message": evil}]}}))
P
kube PATCH /api/v1/namespaces/hostile/pods/hostile-pod/status "@$work/status.json" application/merge-patch+json >"$work/made"
python3 - >"$work/event.json" <<'P'
import json
evil = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe\u2066 \r\nline two \x9b31m"
print(json.dumps({"metadata": {"name": "hostile.1"}, "type": "Warning", "reason": "Evil", "message": evil,
    "involvedObject": {"kind": "Pod", "namespace": "hostile", "name": "hostile-pod"}}))
P
kube POST /api/v1/namespaces/hostile/events "@$work/event.json" >"$work/made"

# Neither an escape nor another control character but the line's end, nor a mark that turns the direction.
clean() {
    if LC_ALL=C grep -nP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$1" >"$work/found"; then
        fail "$2: $(cat -v "$work/found" | cut -c1-200 | head -3)"
    fi
}
for what in "get pods -n hostile" "get pods -n hostile -o wide" "get events -n hostile" "get pod/hostile-pod -n hostile -o name"; do
    # shellcheck disable=SC2086
    expect 0 k $what
    has out hostile-pod
    clean "$work/out" "$what"
done
k get pods -n hostile hostile-pod -o json | jq -e '.metadata.annotations.big | length == 250000' >/dev/null ||
    fail "the annotation did not come whole"
for size in "80 24" "120 40" "200 60"; do
    # shellcheck disable=SC2086
    set -- $size
    "$kubeboard" --kubeconfig "$admin" -n hostile --once --width "$1" --height "$2" >"$work/frame" 2>"$work/err" || [ $? = 3 ]
    grep -q hostile-pod "$work/frame" || fail "no hostile pod in the frame of $size: $(cat "$work/frame")"
    clean "$work/frame" "the frame of $size"
    [ "$(wc -l <"$work/frame")" -le "$2" ] || fail "a text broke the frame of $size"
done
remove
