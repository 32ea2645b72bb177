"""An API server of as many nodes and pods as asked for, made while they are sent: lists in pages, watches with pods that
change, access reviews; TLS and HTTP/1.1 on loopback. For huge.py.

usage: huge_server.py DIR NODES PODS

Writes DIR/kubeconfig, then a line to stdout. A number on stdin is how many pods change a second from then on; it ends with
its stdin.
"""
import http.server, json, random, socketserver, ssl, subprocess, sys, threading, time, urllib.parse

DIR, NODES, PODS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
COMING_AND_GOING = 1000  # beside PODS, by name

READY = '"ready":true,"started":true,"state":{"running":{"startedAt":"2026-02-01T00:00:00Z"}}'
WAITING = '"ready":false,"started":false,"state":{"waiting":{"reason":"%s","message":"back-off restarting failed container"}}'
STATES = {"ok": ("Running", "True", READY), "crash": ("Running", "False", WAITING % "CrashLoopBackOff"),
          "image": ("Pending", "False", WAITING % "ImagePullBackOff")}
# Half of a pod's bytes, as a real server sends them.
MANAGED = json.dumps([{"manager": manager, "operation": "Update", "apiVersion": "v1", "time": "2026-01-01T00:00:00Z",
                       "fieldsType": "FieldsV1", "fieldsV1": {f"f:{part}": {f'k:{{"name":"{c}"}}': {".": {}, "f:name": {}, "f:value": {}}
                                                                             for c in "abcdefgh"} for part in ("spec", "status")}}
                      for manager in ("kube-controller-manager", "kubelet")])
POD = ('{"metadata":{"name":"%(app)s-6d4cf56db6-%(i)06x","namespace":"team-%(team)03d","uid":"00000001-0000-4000-8000-%(i)012x",'
       '"resourceVersion":"%(version)d","creationTimestamp":"%(created)s","labels":{"app":"%(app)s","pod-template-hash":"6d4cf56db6"},'
       '"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"%(app)s-6d4cf56db6","uid":"0","controller":true}],'
       '"managedFields":' + MANAGED + '},'
       '"spec":{"nodeName":"node-%(node)04d","containers":[{"name":"main","image":"registry.example/team/app:1.4","resources":'
       '{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}}}],"serviceAccountName":"default"},'
       '"status":{"phase":"%(phase)s","conditions":[{"type":"Ready","status":"%(is_ready)s","lastTransitionTime":"%(created)s"}],'
       '"podIP":"%(ip)s","podIPs":[{"ip":"%(ip)s"}],"qosClass":"Burstable","containerStatuses":[{"name":"main",'
       '"restartCount":%(restarts)d,"lastState":{},%(state)s}]}}')
NODE = ('{"metadata":{"name":"node-%04d","uid":"00000002-0000-4000-8000-%012x","resourceVersion":"1",'
        '"creationTimestamp":"2026-01-01T00:00:00Z","labels":{"node-role.kubernetes.io/worker":""}},"spec":{},'
        '"status":{"capacity":{"cpu":"16","memory":"64Gi","pods":"110"},"allocatable":{"cpu":"16","memory":"64Gi","pods":"110"},'
        '"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady","lastTransitionTime":"2026-01-01T00:00:00Z"}],'
        '"nodeInfo":{"kubeletVersion":"v1.30.1","osImage":"Debian GNU/Linux 12","containerRuntimeVersion":"containerd://1.7"}}}')


def pod(i, version=1, restarts=0):
    state = "ok" if (i + restarts) % 100 else "crash" if i % 3 else "image"
    phase, is_ready, words = STATES[state]
    return POD % {"i": i, "app": f"svc-{i // 30 % 2000:04d}", "team": i % 300, "version": version, "restarts": restarts,
                  "created": f"2026-01-{i % 28 + 1:02d}T{i % 24:02d}:{i % 60:02d}:{i % 59:02d}Z", "node": i % NODES, "phase": phase,
                  "is_ready": is_ready, "state": words, "ip": f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"}


def node(i):
    return NODE % (i, i)


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    rate, version = 0, 1000

    def log_message(self, *_):
        pass

    def send(self, text, status=200):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def page(self, query, make, count):
        begin, limit = int(query.get("continue", 0)), int(query.get("limit", 0)) or count
        end = min(count, begin + limit)
        go_on = f'"continue":"{end}",' if end < count else ""
        self.send(f'{{"kind":"List","apiVersion":"v1","metadata":{{{go_on}"resourceVersion":"1000"}},"items":['
                  + ",".join(make(i) for i in range(begin, end)) + "]}")

    def changes(self, count):
        """One in ten comes or goes, the others have restarted."""
        for _ in range(count):
            Answer.version += 1
            kind, i = "MODIFIED", random.randrange(PODS)
            if random.random() < 0.1:
                kind, i = random.choice(["ADDED", "DELETED"]), PODS + random.randrange(COMING_AND_GOING)
            yield f'{{"type":"{kind}","object":{pod(i, Answer.version, random.randrange(100))}}}\n'

    def watch(self, of_pods):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        last, owed = time.monotonic(), 0
        while True:
            time.sleep(0.02)
            now = time.monotonic()
            owed, last = owed + (now - last) * Answer.rate, now
            if of_pods and owed >= 1:
                text = "".join(self.changes(int(owed)))
                owed -= int(owed)
                self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text.encode()))

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        lists = {"/api/v1/pods": (pod, PODS), "/api/v1/nodes": (node, NODES), "/api/v1/namespaces": (node, 0)}
        if url.path in FIXED:
            self.send(json.dumps(FIXED[url.path]))
        elif url.path not in lists:
            self.send('{"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"not here"}', 404)
        elif query.get("watch"):
            self.watch(url.path == "/api/v1/pods")
        else:
            self.page(query, *lists[url.path])

    def do_POST(self):
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        all_of_it = {"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}
        self.send(json.dumps(review | {"status": {"allowed": True, "resourceRules": [all_of_it], "nonResourceRules": []}}), 201)


def resource(name, kind, namespaced):
    return {"name": name, "kind": kind, "singularName": "", "namespaced": namespaced, "verbs": ["get", "list", "watch"]}


FIXED = {"/readyz": {}, "/version": {"major": "1", "minor": "30", "gitVersion": "v1.30.1"},
         "/api": {"kind": "APIVersions", "versions": ["v1"]}, "/apis": {"kind": "APIGroupList", "groups": []},
         "/api/v1": {"kind": "APIResourceList", "resources": [resource("pods", "Pod", True), resource("nodes", "Node", False),
                                                              resource("namespaces", "Namespace", False)]}}


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass  # a client that hung up


def main():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{DIR}/key", "-out",
                    f"{DIR}/cert"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f"{DIR}/cert", f"{DIR}/key")
    server = Server(("127.0.0.1", 0), Answer)
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    url = f"https://127.0.0.1:{server.server_address[1]}"
    with open(f"{DIR}/kubeconfig", "w") as out:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "huge",
                   "clusters": [{"name": "huge", "cluster": {"server": url, "certificate-authority": f"{DIR}/cert"}}],
                   "users": [{"name": "huge", "user": {"token": "bench"}}],
                   "contexts": [{"name": "huge", "context": {"cluster": "huge", "user": "huge"}}]}, out)
    print(url, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        Answer.rate = int(line)


main()
