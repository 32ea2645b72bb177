# shellcheck shell=bash disable=SC2034
# For the tests on a real API server: as tests/e2e/lib.sh, with $admin the kubeconfig of its administrator. Sourced.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
# shellcheck source=tests/e2e/lib.sh
. "$here/../../e2e/lib.sh"
: "${KUBE_SERVER:?run it by tests/real/kube/run}"
admin=$KUBE_SERVER/kubeconfig

# kube METHOD PATH [BODY [TYPE]]: a request as the administrator; prints the reply.
kube() {
    curl -sS --max-time 20 -X "$1" --cacert "$KUBE_CA" -H "Authorization: Bearer $KUBE_TOKEN" \
        -H "Content-Type: ${4:-application/json}" "$KUBE_URL$2" ${3:+--data-binary "$3"}
}
