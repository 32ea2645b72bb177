#!/usr/bin/python3
"""A window of a million error lines: extracted, redacted, grouped, compressed and stored by the collector, beside curl
that only pages the same lines over one connection, in the same run and in turns.

usage: tests/bench/window.py --loki URL [--lines 1000000] [--rounds 3] [--store FOLDER-OR-s3://BUCKET/ROOT]

The lines are pushed first; Loki's limits must allow it (200 MB/s do). An S3 server is told by the environment:
KUBEBOARD_STORE_S3_ENDPOINT and AWS's variables. curl asks the rule's own query, and once more the streams alone.
"""
import argparse, gzip, json, os, pathlib, random, statistics, subprocess, tempfile, time
from loki_span import BATCH, SECOND, Pusher, curl, timed

KUBEBOARD = os.environ.get("KUBEBOARD", str(pathlib.Path(__file__).resolve().parents[2] / "kubeboard"))
WIDTH = 600 * SECOND
WORDS = "order user cart session token cache shard index queue batch replica volume region node".split()
TEXTS = [
    'level=error ts={t} caller=store.go:{n} msg="upstream timeout error on {w}" trace_id={h} seq={i} dur={n}ms',
    '{{"ts":"{t}","level":"error","msg":"failed to load {w}: connection refused","seq":{i},"trace_id":"{h}","remote":"{a}"}}',
    '{t} ERROR 1 --- [nio-8080-exec-{d}] c.e.billing.{w}Service : failed seq={i} for {w}{d}@example.com in {n} ms',
    '{a} - - [22/Nov/2026:13:00:00 +0000] "GET /api/{w}/{i}?token={h} HTTP/1.1" 502 {n} "-" "Mozilla/5.0" error {d}.{n}',
    'E1122 13:00:00.000000 4321 reconciler.go:{n}] "error syncing pod, skipping" pod="shop/{w}-{h}" err="exit {d}"',
    'panic: runtime error: index out of range [{n}] with length {d} in {w} of request {h}',
]


def lines(start, step, at, to):
    """(number, nanosecond, text) of each; the same for the same numbers."""
    dice = random.Random(at)
    for i in range(at, to):
        text = TEXTS[i * 7 % len(TEXTS)].format(t="2026-11-22T13:00:00.000Z", n=dice.randrange(3000), d=dice.randrange(10), i=i,
                                                w=WORDS[i // 7 % len(WORDS)], h=f"{dice.getrandbits(64):016x}",
                                                a=f"10.{i % 256}.{i // 256 % 256}.{dice.randrange(256)}")
        yield i, start + i * step, text


def utc(ns):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ns // SECOND))


def check(store, run, count):
    """What lies in a folder: the window's own numbers, and each line's number once."""
    if "://" in store:
        return "looked at by nobody"
    window = json.loads(next(pathlib.Path(store).glob("bench/windows/errors/*/*/*/[0-9]*.json")).read_text())
    raw = next(pathlib.Path(store).glob("bench/lines/errors/*/*/*/*.log.gz"))
    with gzip.open(raw, "rt") as text:
        stamps = {json.loads(line)["time"] for line in text}
    good = window["complete"] and window["lines"] == count == len(stamps) and window["redacted"].get("emails", 0) > 0
    return f"{'whole' if good else 'NOT WHOLE'}, {len(window['groups'])} groups, {raw.stat().st_size / 1e6:.1f} MB of raw lines"


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--loki", required=True)
    options.add_argument("--lines", type=int, default=1000000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--store")
    o = options.parse_args()
    run, step = f"bench-{os.getpid()}-{time.time_ns() // SECOND}", WIDTH // o.lines
    start = time.time_ns() // WIDTH * WIDTH - 2 * WIDTH
    pusher = Pusher(o.loki, run)
    for at in range(0, o.lines, BATCH):
        pusher.push(list(lines(start, step, at, min(at + BATCH, o.lines))))
    with tempfile.TemporaryDirectory(dir="/var/tmp") as folder:
        (pathlib.Path(folder) / "config.yaml").write_text(json.dumps({
            "cluster": "bench", "loki": {"url": o.loki}, "collector": {"snapshots": False, "events": "off", "rules": [
                {"name": "errors", "namespaces": [run], "match": r"(?i)\b(error|fatal|panic|exception)\b"}]}}))
        span = ["--from", utc(start), "--to", utc(start + WIDTH)]
        filtered = '{namespace="%s"} |~ "(?i)(error|fatal|panic|exception)" |~ "(?i)\\\\b(error|fatal|panic|exception)\\\\b"' % run
        commands = {
            "kubeboard": [KUBEBOARD, "collect", "--config", f"{folder}/config.yaml", "--unlocked", *span],
            "curl": curl(o.loki, filtered, start, step, o.lines, BATCH, f"{folder}/filtered"),
            "curl, streams": curl(o.loki, '{namespace="%s"}' % run, start, step, o.lines, BATCH, f"{folder}/streams"),
        }
        runs = {name: [] for name in commands}
        for i in range(o.rounds):
            store = f"{o.store or folder}/{run}-{i}"
            os.environ["KUBEBOARD_STORE_RAW"] = os.environ["KUBEBOARD_STORE_PROCESSED"] = store if "://" in store else "file://" + store
            for name in list(commands)[i % len(commands):] + list(commands)[:i % len(commands)]:
                runs[name].append(timed(commands[name], subprocess.DEVNULL))
            print(f"{o.lines} lines: {check(store, run, o.lines)}", flush=True)
        for name, values in runs.items():
            wall, cpu, memory, good = (statistics.median(column) for column in zip(*values))
            ratio = statistics.median(ours[0] / its[0] for ours, its in zip(runs["kubeboard"], values))
            print(f"  {name:14} {wall:6.2f} s wall {cpu:6.2f} s CPU {memory / (1 << 20):6.1f} MiB, ours {ratio:.2f} x it"
                  f"{'' if good else '  (it failed)'}", flush=True)


main()
