#!/bin/bash
# A custom resource's definition that changes while a pane shows its objects: another version, other columns, deleted, made
# again. The pane follows, and no cell stands under another column's title.
. "$(dirname "$0")/lib.sh"
. "$here/lib_board.sh"
. "$here/lib_proxy.sh"
start_proxy tls
definitions=/apis/apiextensions.k8s.io/v1/customresourcedefinitions
name=doodads.definition.example.org

# version NAME SERVED COLUMNS
version() {
    echo "{\"name\":\"$1\",\"served\":$2,\"storage\":$2,\"additionalPrinterColumns\":[$3],
        \"schema\":{\"openAPIV3Schema\":{\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}}}"
}
column() { echo "{\"name\":\"$1\",\"type\":\"string\",\"jsonPath\":\".spec.$1\"}"; }
# define VERSIONS: makes it, or changes it.
define() {
    spec="{\"group\":\"definition.example.org\",\"scope\":\"Namespaced\",\"versions\":[$1],
        \"names\":{\"plural\":\"doodads\",\"singular\":\"doodad\",\"kind\":\"Doodad\"}}"
    kube PATCH "$definitions/$name" "{\"spec\":$spec}" application/merge-patch+json >"$work/changed"
    grep -q '"kind": *"CustomResourceDefinition"' "$work/changed" && return
    kube POST "$definitions" "{\"metadata\":{\"name\":\"$name\"},\"spec\":$spec}" >"$work/changed"
}
# make_one VERSION: an object, as soon as that version is served.
make_one() {
    for _ in $(seq 50); do
        kube POST "/apis/definition.example.org/$1/namespaces/shop/doodads" "{\"apiVersion\":\"definition.example.org/$1\",
            \"kind\":\"Doodad\",\"metadata\":{\"name\":\"one\"},\"spec\":{\"size\":\"large\",\"colour\":\"red\"}}" >"$work/made"
        grep -q '"uid"' "$work/made" && return
        sleep 0.2
    done
    fail "no object of $1: $(cat "$work/made")"
}

define "$(version v1alpha1 true "$(column size)")"
make_one v1alpha1
open_board board --kubeconfig "'$config'"
type_in ':doodads' Enter
shows 20 'Doodads.* 1 .*live'
shows 5 'NAMESPACE +NAME +SIZE +AGE'

echo "another version, and a column more"
define "$(version v1alpha1 false ''),$(version v1 true "$(column size),$(column colour)")"
shows 60 'NAMESPACE +NAME +SIZE +COLOUR +AGE'
shows 5 'one +large +red '

echo "other columns of the same version"
define "$(version v1alpha1 false ''),$(version v1 true "$(column colour),$(column size)")"
fault cut 1 # else the watch of before goes on, with the columns of before
sleep 2
fault pass
kube DELETE "/apis/definition.example.org/v1/namespaces/shop/doodads/one" >"$work/gone"
make_one v1
shows 60 'NAMESPACE +NAME +COLOUR +SIZE +AGE'
shows 5 'one +red +large '

echo "deleted, and made again"
kube DELETE "$definitions/$name" >"$work/gone"
shows 60 "failed: the server doesn't have a resource type"
screen | grep -Eq 'one +red' && fail "rows of what is gone: $(screen)"
for _ in $(seq 100); do
    kube GET "$definitions/$name" | grep -q '"code": *404' && break
    sleep 0.2
done
define "$(version v1 true "$(column size)")"
make_one v1
shows 60 'NAMESPACE +NAME +SIZE +AGE'
shows 5 'one +large '
type_in Q
shows 5 'ended with 0'
kube DELETE "$definitions/$name" >"$work/gone"
