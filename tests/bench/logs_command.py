#!/usr/bin/python3
"""`kubeboard logs` on a real Loki: following 60 pods, and a whole span, beside logcli and curl in the same run.

usage: tests/bench/logs_command.py --loki URL [--rates 1000,5000,20000] [--seconds 60] [--lines 1000000] [--rounds 3]

Lines are pushed first or meanwhile; Loki's limits must allow the rate (200 MB/s do). LOGCLI is the path of a logcli,
left out when it is not set. CPU and memory are those of the client alone; wall times hold Loki's share too.
"""
import argparse, collections, multiprocessing, os, pathlib, re, resource, signal, statistics
import subprocess, tempfile, threading, time
from loki_span import BATCH, PODS, SECOND, Pusher, curl, peak, timed
from terminal import percentile

KUBEBOARD = os.environ.get("KUBEBOARD", str(pathlib.Path(__file__).resolve().parents[2] / "kubeboard"))
LOGCLI = os.environ.get("LOGCLI")
CROWD, PER_SECOND = 12000, 10


def text_of(number, stamp, size):
    line = f'level=info n={number} at={stamp} msg="order stored" trace_id={number * 2654435761 % 2**64:016x} took={number % 997}ms'
    return line.ljust(size, "x")


def push_at(url, run, rate, seconds, pushed):
    pusher, began = Pusher(url, run), time.time()
    for tick in range(seconds * PER_SECOND):
        now, each = time.time_ns(), rate // PER_SECOND
        pusher.push([(n, now + i * 1000, text_of(n, now + i * 1000, 0)) for i, n in enumerate(range(pushed.value, pushed.value + each))])
        pushed.value += each
        time.sleep(max(0, began + (tick + 1) / PER_SECOND - time.time()))


class Reader(threading.Thread):
    """What a program writes, and when: looked at when it has ended, for that takes a while."""

    def __init__(self, pipe):
        super().__init__()
        self.pipe, self.chunks, self.lines = pipe, [], 0
        self.start()

    def run(self):
        while data := os.read(self.pipe.fileno(), 1 << 20):
            self.chunks.append((time.time_ns(), data))
            self.lines += data.count(b"\n")

    def lags(self):
        """How often each number came, and the seconds that each line took."""
        seen, lags, rest = collections.Counter(), [], b""
        for came, data in self.chunks:
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                if match := re.search(rb"n=(\d+) at=(\d+) ", line):
                    seen[int(match[1])] += 1
                    lags.append((came - int(match[2])) / SECOND)
        return seen, lags


def follow(url, what, command, rate, seconds):
    run = f"follow-{os.getpid()}-{time.time_ns()}"
    selector = '{job="%s"}' % run
    process = subprocess.Popen([*command, selector], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    reader, pushed = Reader(process.stdout), multiprocessing.Value("q", 0)
    time.sleep(1)
    pusher = multiprocessing.Process(target=push_at, args=(url, run, rate, seconds, pushed))
    pusher.start()
    pusher.join()
    end = time.monotonic() + 15
    while reader.lines < pushed.value and time.monotonic() < end:
        time.sleep(0.1)
    memory = peak(process.pid)
    process.send_signal(signal.SIGINT)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    reader.join()
    cpu, (seen, lags) = usage.ru_utime + usage.ru_stime, reader.lags()
    missing, twice = pushed.value - len(seen), sum(seen.values()) - len(seen)
    print(f"{what:12} {rate:6} lines/s: {len(seen)} of {pushed.value} lines ({missing} missing, {twice} twice), "
          f"lag {percentile(lags or [0], 0.5):.2f} s, p99 {percentile(lags or [0], 0.99):.2f} s, "
          f"CPU {cpu / max(1, len(lags)) * 1e6:.1f} µs a line, {memory / (1 << 20):.1f} MiB", flush=True)


class Span:
    """Lines that are in Loki, evenly over some minutes that have passed, but for a crowd on one nanosecond."""

    def __init__(self, url, lines, size, crowd):
        self.url, self.lines, self.run = url, lines, f"span-{os.getpid()}-{time.time_ns()}"
        self.to = (time.time_ns() // SECOND - 100) * SECOND
        self.start = self.to - 900 * SECOND
        self.step, self.crowd = 900 * SECOND // lines, (lines // 2, min(crowd, lines // 2))
        self.page = max(1, min(BATCH, (3 << 20) // max(size, 110)))
        pusher = Pusher(url, self.run)
        for at in range(0, lines, self.page):
            pusher.push([(i, self.stamp(i), text_of(i, self.stamp(i), size)) for i in range(at, min(at + self.page, lines))])

    def stamp(self, number):
        first, count = self.crowd
        return self.start + (first if first <= number < first + count else number) * self.step

    def selector(self):
        return '{job="%s"}' % self.run

    def times(self):
        return [time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t // SECOND)) for t in (self.start, self.to)]

    def kubeboard(self):
        start, end = self.times()
        return [KUBEBOARD, "logs", self.selector(), "--from", start, "--to", end, "-o", "raw"]

    def logcli(self):
        start, end = self.times()
        return [LOGCLI, "query", self.selector(), "--from", start, "--to", end, "--limit", "0", "--batch", str(BATCH),
                "--forward", "--quiet", "-o", "raw"]

    def curl(self, folder):
        return curl(self.url, self.selector(), self.start, self.step, self.lines, self.page, f"{folder}/{self.run}")


def is_whole(span, path):
    """In order, with a crowd's lines in any order among themselves."""
    expected, first, count = 0, *span.crowd
    crowd = set()
    for line in open(path, "rb"):
        number = int(re.search(rb"n=(\d+) ", line)[1])
        if first <= expected < first + count:
            crowd.add(number)
        elif number != expected:
            return False
        expected += 1
    return expected == span.lines and crowd == set(range(first, first + count))


def whole(span, what, rounds, folder):
    commands = {"kubeboard": span.kubeboard(), "curl": span.curl(folder)} | ({"logcli": span.logcli()} if LOGCLI else {})
    runs = {name: [] for name in commands}
    with open(f"{folder}/printed", "wb") as printed:
        timed(commands["kubeboard"], printed)
    print(f"{what}: {span.lines} lines, kubeboard's {'all there and in order' if is_whole(span, f'{folder}/printed') else 'DIFFER'}")
    for i in range(rounds):
        for name in list(commands)[i % len(commands):] + list(commands)[:i % len(commands)]:
            if all(run[-1] for run in runs[name]):  # it may take its time to fail: once is enough
                runs[name].append(timed(commands[name], subprocess.DEVNULL))
    for name, values in runs.items():
        wall, cpu, memory, good = (statistics.median(column) for column in zip(*values))
        print(f"  {name:10} {wall:6.2f} s wall {cpu:6.2f} s CPU {memory / (1 << 20):6.1f} MiB{'' if good else '  (it failed)'}", flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--loki", required=True)
    options.add_argument("--rates", default="1000,5000,20000")
    options.add_argument("--seconds", type=int, default=60)
    options.add_argument("--lines", type=int, default=1000000)
    options.add_argument("--rounds", type=int, default=3)
    o = options.parse_args()
    os.environ |= {"KUBEBOARD_LOKI_URL": o.loki, "LOKI_ADDR": o.loki}
    for rate in map(int, filter(None, o.rates.split(","))):
        follow(o.loki, "logs -f", [KUBEBOARD, "logs", "-f", "-o", "raw"], rate, o.seconds)
        if LOGCLI:
            follow(o.loki, "logcli", [LOGCLI, "query", "--tail", "--quiet", "-o", "raw"], rate, o.seconds)
    with tempfile.TemporaryDirectory() as folder:
        if o.lines:
            whole(Span(o.loki, o.lines, 0, 0), "a span", o.rounds, folder)
            whole(Span(o.loki, o.lines // 5, 0, CROWD), f"{CROWD} on one nanosecond", o.rounds, folder)
            whole(Span(o.loki, o.lines // 5, 1000, 0), "lines of 1 kB", o.rounds, folder)


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
main()
