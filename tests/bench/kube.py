#!/usr/bin/python3
"""A large cluster: `get` beside kubectl and curl in the same run, then the board, seen from outside at its terminal.

usage: tests/bench/kube.py KUBECONFIG [ROUNDS]

The API server is to be filled before, with 10,000 pods say:
    tests/real/kube/control-plane start DIR; set -a; . DIR/env; set +a; node tests/real/kube/populate.mjs --nodes 1000 --pods 10000 --direct 1
"""
import json, os, pathlib, re, resource, statistics, subprocess, sys, tempfile, time
from terminal import Terminal, percentile

KUBEBOARD = os.environ.get("KUBEBOARD", str(pathlib.Path(__file__).resolve().parents[2] / "kubeboard"))
IDLE_SECONDS = 20
KINDS = ["deploy", "rs", "svc", "cj", "leases", "cm", "sa", "roles", "endpoints", "pvc"]  # not watched before they are asked for
FIRST_ROWS, MEMORY, CPU = 0.150, 24 << 20, 0.10  # goals: seconds from the request, bytes, part of kubectl's seconds

missed = []


def told(what, values, goal, unit, factor):
    """Of values in seconds or bytes the median and the worst, which is held to the goal."""
    print(f"  {what:34} {statistics.median(values) * factor:6.1f} {unit}, the worst of {len(values)} {max(values) * factor:6.1f}"
          f"{'' if max(values) <= goal else f'   MISSED: {goal * factor:.0f}'}", flush=True)
    if max(values) > goal:
        missed.append(what)


def timed(command):
    """Wall seconds, CPU seconds and peak bytes of a whole process."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    assert status == 0, command
    return time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss << 10


def row(what, runs):
    wall, cpu, memory = (statistics.median(values) for values in zip(*runs))
    print(f"{what:28} {wall:6.2f} s wall {cpu:6.3f} s CPU {memory / (1 << 20):6.1f} MiB")
    return cpu


def server_of(config):
    text = open(config).read()
    return re.search(r"server: *(\S+)", text)[1], re.search(r"token: *\"?([^\s\"}]+)", text)[1]


def whole_lists(config, rounds):
    url, token = server_of(config)
    curl = ["curl", "-sS", "-k", "--compressed", "-A", "bench", "-H", f"Authorization: Bearer {token}", f"{url}/api/v1/pods"]
    commands = {"kubeboard get pods -A": [KUBEBOARD, "--kubeconfig", config, "get", "pods", "-A"],
                "kubectl get pods -A": ["kubectl", "--kubeconfig", config, "get", "pods", "-A"], "curl, the list whole": curl}
    runs = {what: [] for what in commands}
    for _ in range(rounds):
        for what, command in commands.items():
            runs[what].append(timed(command))
    ours, theirs, _ = (row(what, values) for what, values in runs.items())
    told("CPU, of kubectl's", [ours / theirs], CPU, "%", 100)


def first_byte(command):
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    process.stdout.read(1)
    taken = time.monotonic() - began
    process.stdout.read()
    process.wait()
    return taken


def two_contexts(config, place):
    """A kubeconfig of two names for the same server: going from one to the other, all is asked for anew."""
    url, token = server_of(config)
    with open(f"{place}/kubeconfig", "w") as out:
        json.dump({"apiVersion": "v1", "kind": "Config", "current-context": "red",
                   "clusters": [{"name": name, "cluster": {"server": url, "insecure-skip-tls-verify": True}} for name in ("red", "blue")],
                   "users": [{"name": "bench", "user": {"token": token}}],
                   "contexts": [{"name": name, "context": {"cluster": name, "user": "bench"}} for name in ("red", "blue")]}, out)
    return out.name


def first_rows(config, rounds):
    """From a key on a running board to the first rows on its screen."""
    print("first rows:")
    told("get pods -A, from its start", [first_byte([KUBEBOARD, "--kubeconfig", config, "get", "pods", "-A"]) for _ in range(rounds)],
         FIRST_ROWS, "ms", 1000)
    with tempfile.TemporaryDirectory() as place:
        board = Terminal([KUBEBOARD, "--kubeconfig", two_contexts(config, place), "-A"], 160, 50)
        board.until(r"Pods.* live", 60)
        board.quiet(1, 10)
        pods = []
        for i in range(rounds):
            name = ("blue", "red")[i % 2]
            pods.append(board.shows(b":ctx %s\r" % name.encode(), rf"^ *{name}(?s:.)*Pods +[1-9]") or 9.9)
            board.quiet(1, 10)
        told("pods, of another context", pods, FIRST_ROWS, "ms", 1000)
        kinds = [board.shows(b":%s\r" % kind.encode(), r"\n━ \S+ [1-9]", 1) or 9.9 for kind in KINDS]
        told("of kinds not asked for before", kinds, FIRST_ROWS, "ms", 1000)
        board.close()


def key_times(board, keys, rounds):
    times = []
    for i in range(rounds):
        taken = board.key(keys[i % len(keys)])
        if taken is not None:
            times.append(taken * 1000)
        board.quiet(0.06, 1)
    return times


def on_the_board(config):
    board = Terminal([KUBEBOARD, "--kubeconfig", config, "-A"], 160, 50)
    first, whole = board.until(r"Pods +[1-9]", 30), board.until(r"Pods.* live", 60)
    if not first or not whole:
        sys.exit(f"the board shows no pods:\n{board.shown()}")
    print(f"board: first rows {first:.2f} s after the start, the whole list {whole:.2f} s")
    board.quiet(2)
    os.write(board.fd, b":pods\r")
    board.quiet(2)
    for what, keys in {"down and up": [b"j", b"k"], "sort": [b"s", b"S"], "page": [b"\x1b[6~", b"\x1b[5~"],
                       "search": [b"/web\r", b"n"], "filter": [b"&crash\r", b"&\x15\r"]}.items():
        times = key_times(board, keys, 60)
        print(f"  {what:12} {statistics.median(times):6.1f} ms, p99 {percentile(times, 0.99):6.1f} ms ({len(times)} keys)")
    board.quiet(2)
    before = board.cpu()
    sent = board.drain(IDLE_SECONDS)
    print(f"  idle: {(board.cpu() - before) / IDLE_SECONDS:.2%} of a core, {sent / IDLE_SECONDS:.0f} bytes/s to the terminal")
    told("peak memory", [board.memory()], MEMORY, "MiB", 1 / (1 << 20))
    board.close()


def main():
    config, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
    whole_lists(config, rounds)
    first_rows(config, rounds)
    on_the_board(config)
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
main()
