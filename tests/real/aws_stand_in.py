#!/usr/bin/python3
"""Stands in for what gives a pod its keys: STS (AssumeRoleWithWebIdentity) and EKS's Pod Identity agent. Each answer
makes a new key that the S3 server of swift-s3 knows from then on.

usage: aws_stand_in.py FOLDER KEYS      KEYS: the S3 server's file of keys; FOLDER gets
    port     where it listens
    asked    a line for each request: which service, the token that it showed
    gone     while this file is there, every request is answered 503
    lives    seconds that a key is good for, then those that the answer says; read at each request
    token    what the Pod Identity agent wants to see
"""
import pathlib, sys, time, urllib.parse

import loopback

folder, keys = pathlib.Path(sys.argv[1]), sys.argv[2]
STS = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult>
<SubjectFromWebIdentityToken>system:serviceaccount:kubeboard:kubeboard</SubjectFromWebIdentityToken><Credentials>
<AccessKeyId>{id}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey><SessionToken>{token}</SessionToken>
<Expiration>{expires}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
AGENT = '{{"AccessKeyId":"{id}","SecretAccessKey":"{secret}","Token":"{token}","Expiration":"{expires}","AccountId":"1"}}'


class Service(loopback.Handler):
    made = 0

    def answer(self, status, kind, text):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def give(self, service, shown, kind, form):
        with open(folder / "asked", "a") as asked:
            print(service, shown, file=asked)
        if (folder / "gone").exists():
            return self.answer(503, "text/plain", "busy")
        lives, says = (float(x) for x in (folder / "lives").read_text().split())
        Service.made += 1
        key = {"id": f"ASIAPLANTED{Service.made:05}", "secret": f"planted/secret+{Service.made}",
               "token": f"planted/token+{Service.made}==",
               "expires": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + says))}
        with open(keys, "a") as file:
            print(key["id"], key["secret"], key["token"], time.time() + lives, sep="\t", file=file)
        self.answer(200, kind, form.format(**key))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
        if form.get("Action") != "AssumeRoleWithWebIdentity" or not form["RoleArn"].startswith("arn:aws:iam::"):
            return self.answer(400, "text/plain", "what?")
        self.give("sts", form["WebIdentityToken"], "text/xml", STS)

    def do_GET(self):
        if self.headers.get("Authorization") != (folder / "token").read_text().strip():
            return self.answer(401, "text/plain", "not that token")
        self.give("agent", self.headers["Authorization"], "application/json", AGENT)


loopback.serve(Service, folder)
