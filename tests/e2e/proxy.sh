#!/bin/sh
# Proxies of the environment: HTTP_PROXY and http_proxy are gone through, NO_PROXY goes before them, and what is on this
# machine is reached without HTTP_PROXY; the proxy of the configuration.
. "$(dirname "$0")/lib.sh"
cat >"$work/proxy.py" <<'END'
import http.server, sys

class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[1] + "/asked", "a") as asked:
            print(self.path.split("?")[0], file=asked)
        self.send_error(404, "nothing behind this proxy")

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
with open(sys.argv[1] + "/port", "w") as port:
    print(server.server_port, file=port)
server.serve_forever()
END
python3 "$work/proxy.py" "$work" &
for _ in $(seq 100); do
    [ -s "$work/port" ] && break
    sleep 0.1
done
proxy=http://127.0.0.1:$(cat "$work/port")

# asks VARIABLE=VALUE…: a query with them in the environment; whether it came to the proxy.
asks() {
    : >"$work/asked"
    env "$@" "$kubeboard" logs '{a="b"}' >"$work/out" 2>"$work/err" && fail "$*: there is no such Loki"
    [ -s "$work/asked" ]
}

away=KUBEBOARD_LOKI_URL=http://loki.invalid:3100
for name in http_proxy HTTP_PROXY; do
    asks "$away" "$name=$proxy" || fail "$name is not gone through: $(cat "$work/err")"
    has asked '^http://loki.invalid:3100/loki/'
    ! asks "$away" "$name=$proxy" NO_PROXY=.invalid || fail "NO_PROXY does not count against $name"
done
! asks KUBEBOARD_LOKI_URL=http://127.0.0.1:9 "HTTP_PROXY=$proxy" || fail "this machine is reached through HTTP_PROXY"
! asks KUBEBOARD_LOKI_URL=http://localhost:9 "HTTP_PROXY=$proxy" || fail "localhost is reached through HTTP_PROXY"
asks "$away" "KUBEBOARD_LOKI_PROXY=$proxy" || fail "the configuration's proxy is not gone through"
