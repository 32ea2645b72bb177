#!/usr/bin/python3
"""The board on a cluster of 5,000 nodes and 150,000 pods that a stand-in makes (huge_server.py), seen from outside at its
terminal: peak memory, keys that sort and filter, keys while pods change. Status 1 when a goal is missed.

usage: tests/bench/huge.py [NODES PODS]
"""
import os, pathlib, random, resource, statistics, subprocess, sys, tempfile
from terminal import Terminal, percentile

HERE = pathlib.Path(__file__).resolve().parent
KUBEBOARD = os.environ.get("KUBEBOARD", str(HERE.parents[1] / "kubeboard"))
CURSOR = b";7m"  # its row is drawn in reverse
MEMORY, SORTED, MOVED = 96 << 20, 0.050, 0.033  # goals: bytes, seconds, seconds (99th percentile)
CHANGES, KEYS = 1000, 300  # a second; tried meanwhile

missed = []


def told(what, value, goal, unit, factor):
    print(f"{what:44} {value * factor:8.1f} {unit}{'' if value <= goal else f'   MISSED: {goal * factor:.0f}'}", flush=True)
    if value > goal:
        missed.append(what)


def memory(board, when):
    told(f"peak memory {when}", board.memory(), MEMORY, "MiB", 1 / (1 << 20))


def sorting(board):
    for what, keys in {"sort by the next column": [b"s"] * 18, "sort the other way round": [b"S"] * 10,
                       "a filter of few": [b"&crash\r", b"&\x15\r"] * 5, "a filter of most": [b"&svc-1\r", b"&\x15\r"] * 5}.items():
        times = []
        for key in keys:
            times.append(board.key(key))
            board.quiet(0.3, 2)
        told(f"{what}, slowest of {len(keys)}", max(times), SORTED, "ms", 1000)


def moving(board, what):
    """Down and up: the cursor's row is drawn anew, whatever else is."""
    times = []
    for i in range(KEYS):
        times.append(board.key((b"j", b"k")[i // 10 % 2], sign=CURSOR) or 5.0)
        board.drain(random.uniform(0.02, 0.06))
    print(f"{what:44} {statistics.median(times) * 1000:8.1f} ms, the median")
    told(f"{what}, p99", percentile(times, 0.99), MOVED, "ms", 1000)


def measure(server, config):
    board = Terminal([KUBEBOARD, "--kubeconfig", config, "-A"], 160, 50)
    first, whole = board.until(r"Pods +[1-9]", 30), board.until(r"Pods.* live", 120)
    if not first or not whole:
        sys.exit(f"the board shows no pods:\n{board.shown()}")
    print(f"first rows {first:.2f} s after the start, the whole list {whole:.2f} s, {board.cpu():.2f} s CPU")
    memory(board, "of the list")
    board.quiet(2, 10)
    os.write(board.fd, b":pods\r")
    board.quiet(2, 10)
    sorting(board)
    moving(board, "keys, nothing changes")
    server.stdin.write(f"{CHANGES}\n")
    server.stdin.flush()
    board.drain(3)
    before = board.cpu()
    moving(board, f"keys, {CHANGES} changes a second")
    board.drain(10)
    print(f"CPU {board.cpu() - before:.2f} s since the changes began")
    memory(board, "in the end")
    board.close()


def main():
    nodes, pods = sys.argv[1:3] if len(sys.argv) > 2 else ("5000", "150000")
    with tempfile.TemporaryDirectory() as place:
        server = subprocess.Popen([sys.executable, str(HERE / "huge_server.py"), place, nodes, pods], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            server.stdout.readline()
            measure(server, f"{place}/kubeconfig")
        finally:
            server.stdin.close()
            server.wait()
    sys.exit(f"missed: {', '.join(missed)}" if missed else 0)


resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
main()
