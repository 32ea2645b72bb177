"""For the benchmarks that read a span of lines out of a Loki: pushing them, paging them with curl, and a command's cost."""
import http.client, json, os, re, subprocess, sys, time, urllib.parse

PODS, BATCH, SECOND = 60, 5000, 10**9


class Pusher:
    """Pushes the lines of 60 pods, as the job and namespace RUN."""

    def __init__(self, url, run):
        place = urllib.parse.urlparse(url)
        self.connection, self.run = http.client.HTTPConnection(place.hostname, place.port, timeout=120), run

    def push(self, lines):
        """lines: of (number, nanosecond, text); the number says whose pod's it is."""
        streams = [[] for _ in range(PODS)]
        for number, stamp, text in lines:
            streams[number % PODS].append([str(stamp), text])
        labels = {"job": self.run, "namespace": self.run}
        body = json.dumps({"streams": [{"stream": labels | {"pod": f"pod-{i}"}, "values": values}
                                       for i, values in enumerate(streams) if values]})
        self.connection.request("POST", "/loki/api/v1/push", body, {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        if answer.status != 204:
            sys.exit(f"push: {answer.status} {answer.read()[:200]}")
        answer.read()


def curl(url, query, start, step, lines, page, path):
    """A command for pages whose bounds are told beforehand, one after the other, over one connection: `lines` are `step`
    nanoseconds apart. Its configuration goes to `path`."""
    with open(path, "w") as config:
        for at in range(0, lines, page):
            asked = urllib.parse.urlencode({"query": query, "start": start + at * step, "end": start + (at + page) * step,
                                            "limit": page, "direction": "forward"})
            config.write(f'url = "{url}/loki/api/v1/query_range?{asked}"\noutput = "/dev/null"\n')
    return ["curl", "-sS", "-K", path]


def peak(pid):
    """Bytes. (ru_maxrss would count what this program had when it forked.)"""
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(match[1]) << 10 if (match := re.search(r"VmHWM:\s+(\d+)", status.read())) else 0
    except OSError:
        return 0


def timed(command, output):
    """Wall seconds, CPU seconds, peak bytes and whether it did it."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
    memory = 0
    while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
        memory = max(memory, peak(process.pid))
        time.sleep(0.01)
    _, process.returncode, usage = ended
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, memory, ended[1] == 0
