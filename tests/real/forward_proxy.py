#!/usr/bin/python3
"""A forward proxy that wants a login (user:planted-proxy-password): CONNECT, and plain http with absolute targets. What it
was asked goes to FOLDER/asked, a line each, with the names of x-amz-… headers; its port to FOLDER/port.

usage: forward_proxy.py FOLDER
"""
import base64, http.client, pathlib, select, socket, sys, urllib.parse

import loopback

folder = pathlib.Path(sys.argv[1])
LOGIN = "Basic " + base64.b64encode(b"user:planted-proxy-password").decode()


class Proxy(loopback.Handler):
    protocol_version = "HTTP/1.1"

    def let_in(self):
        amz = " ".join(f"{name.lower()}:{value}" for name, value in self.headers.items() if "encryption" in name.lower())
        with open(folder / "asked", "a") as asked:
            print(self.command, self.path, amz, file=asked)
        if self.headers.get("Proxy-Authorization") == LOGIN:
            return True
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="x"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def do_CONNECT(self):
        if not self.let_in():
            return
        host, port = self.path.rsplit(":", 1)
        there = socket.create_connection((host, int(port)))
        self.send_response(200)
        self.end_headers()
        ends = {self.connection: there, there: self.connection}
        self.close_connection = True
        while True:
            for end in select.select(list(ends), [], [])[0]:
                bytes_ = end.recv(65536)
                if not bytes_:
                    return there.close()
                ends[end].sendall(bytes_)

    def pass_on(self):
        if not self.let_in():
            return
        to = urllib.parse.urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        there = http.client.HTTPConnection(to.netloc)
        there.putrequest(self.command, self.path[len(f"http://{to.netloc}"):], skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if not name.lower().startswith("proxy-"):
                there.putheader(name, value)
        there.endheaders(body)
        answer = there.getresponse()
        bytes_ = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        self.send_header("Content-Length", answer.getheader("Content-Length", "0") if self.command == "HEAD" else str(len(bytes_)))
        self.end_headers()
        self.wfile.write(bytes_)
        there.close()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on


loopback.serve(Proxy, folder)
