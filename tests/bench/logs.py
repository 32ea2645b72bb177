#!/usr/bin/env python3
"""The log pane under a storm, seen from its terminal: lines are pushed to a Loki while the board follows them, and
keys are pressed. What counts is when a key's own letter is on the screen, how many frames and bytes a second the
terminal gets, and that no line is missing from the count in the pane's title. Then, over what the pane holds: what
it costs in memory, a search of all of it, a filter, and the way to its top and back.

    tests/bench/logs.py --loki http://127.0.0.1:3100 [--rate 20000] [--seconds 60] [./kubeboard]

Any Loki does, that of `kubeboard sandbox` too. Its limits must allow the rate.
"""
import argparse, json, multiprocessing, os, re, sys, tempfile, time, urllib.error, urllib.request
from terminal import Terminal, percentile

MOST = 10000  # lines a push: Loki takes 4 MiB at once
LAST = 30  # seconds that the last lines may take
LETTERS = "ßþðøæåñçıłŋħđĸœµ¿¡±×÷§¶"


def text_of(i):
    return f'level=info msg="order stored" order={i} took={i % 997}ms trace_id={i * 2654435761 % 2**64:016x}'


def push(url, rate, seconds, run, pushed):
    """60 streams, four pushes a second."""
    number, began = 0, time.time()
    while time.time() - began < seconds:
        wanted = min(int((time.time() - began + 0.25) * rate), number + MOST)
        now, streams = time.time_ns(), []
        lines = [[] for _ in range(60)]
        for i in range(number, wanted):
            lines[i % 60].append([str(now + i - number), text_of(i)])
        for pod, values in enumerate(lines):
            if values:
                streams.append({"stream": {"job": run, "namespace": "bench", "pod": f"pod-{pod}"}, "values": values})
        body = json.dumps({"streams": streams}).encode()
        request = urllib.request.Request(url + "/loki/api/v1/push", body, {"Content-Type": "application/json"})
        for attempt in range(5):
            try:
                urllib.request.urlopen(request, timeout=30).read()
                break
            except urllib.error.HTTPError:  # a busy Loki: it keeps a line that it has once
                time.sleep(0.5)
        else:
            sys.exit("Loki does not take the lines")
        pushed.value = number = wanted
        time.sleep(max(0, began + number / rate - 0.25 - time.time()))


def answer(board, letter):
    """Seconds until the letter that was typed comes back; the bytes that came meanwhile count as any others."""
    sent, wanted, last = time.monotonic(), letter.encode(), b""
    os.write(board.fd, wanted)
    while time.monotonic() - sent < 5:
        data = board.read(1)
        if wanted in last + data:
            return time.monotonic() - sent
        last = data[-4:]
    return 5.0


def look_through(board, lines):
    """Seconds, each until the screen says it."""
    def shows(what, prompt, keys, pattern):
        os.write(board.fd, prompt)
        board.drain(0.5)  # what is said of the one before has gone
        took = board.shows(keys, pattern)
        print(f"  {what}: " + (f"{took * 1e3:.0f} ms" if took else "NOT SEEN"), flush=True)

    first, last, matching = r"\border=0 took=0ms", f"order={lines - 1} ", sum(i % 997 == 7 for i in range(lines))
    shows("search, nothing found", b"/order=\\d+1x", b"\r", "Nothing more above")
    shows("search for words, nothing found", b"/(?i)\\b(fatal|panic|exception)\\b", b"\r", "Nothing more above")
    shows("search, its progress", b"/(\\w+\\s?)+;", b"\r", r"searching \d+%")
    board.drain(1)
    shows("search and Esc, at rest", b"/(\\w+\\s?)+;", b"\r\x1b", r"(?s)\A(?!.*searching \d+%)")
    shows("search, the first line found", b"/order=0 ", b"\r", first)
    shows("to the end", b"", b"G", last)
    shows("filter, all counted", b"&took=7ms", b"\r", f"Logs {matching}/{lines} ")
    os.write(board.fd, b"&\x15\r")
    shows("to the top", b"", b"g", first)
    shows("to the end", b"", b"G", last)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--loki", required=True)
    options.add_argument("--rate", type=int, default=20000)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("program", nargs="?", default="./kubeboard")
    o = options.parse_args()
    folder, run = tempfile.mkdtemp(), f"bench-{os.getpid()}"
    with open(folder + "/config.yaml", "w") as f:
        f.write(f"cluster: bench\nloki: {{url: '{o.loki}'}}\n")
    pushed = multiprocessing.Value("q", 0)
    pusher = multiprocessing.Process(target=push, args=(o.loki, o.rate, o.seconds + 8, run, pushed))
    board = Terminal([o.program, "--config", folder + "/config.yaml"], env={"KUBECONFIG": folder + "/none"})
    board.quiet(1, 10)
    os.write(board.fd, b":logql {job=\"" + run.encode() + b"\"}\r")
    if board.until("edited", 10) is None:  # Loki has looked at the query
        sys.exit("the board did not take the query")
    os.write(board.fd, b"lz")
    board.quiet(0.5, 3)
    empty = board.resident()
    pusher.start()
    board.drain(6)
    times, bytes_before, frames, before = [], board.total, board.frames, board.cpu()
    began = time.monotonic()
    while time.monotonic() - began < o.seconds:
        os.write(board.fd, b":")
        board.drain(0.2)
        for letter in LETTERS:
            times.append(answer(board, letter))
            board.drain(0.1)
        os.write(board.fd, b"\x15\x1b")
        board.drain(0.3)
    span = time.monotonic() - began
    print(f"{o.rate} lines/s for {span:.0f} s: keys p50 {percentile(times, 0.5) * 1e3:.0f} ms, "
          f"p99 {percentile(times, 0.99) * 1e3:.0f} ms, worst {max(times) * 1e3:.0f} ms of {len(times)}; "
          f"{(board.total - bytes_before) / span / 1e3:.0f} kB/s and "
          f"{(board.frames - frames) / span:.1f} frames/s to the terminal; "
          f"CPU {(board.cpu() - before) / span * 100:.0f} %, peak memory {board.memory() / 1e6:.0f} MB")
    print("while it runs:", next((l for l in board.shown().splitlines() if "Logs" in l), "?").strip())
    pusher.join()
    if pusher.exitcode:
        sys.exit(1)
    ended, missing = time.monotonic(), 1
    while missing and time.monotonic() - ended < LAST:
        board.drain(1)
        held, gone = (re.search(what, board.shown()) for what in (r"Logs (\d+) ", r"(\d+) let go"))
        held, gone = int(held[1]) if held else 0, int(gone[1]) if gone else 0
        missing = pushed.value - held - gone
    print(f"pushed {pushed.value}, {time.monotonic() - ended:.0f} s later the pane holds {held} and let {gone} go: "
          f"{missing} missing")
    size = sum(len(text_of(i)) for i in range(pushed.value))
    print(f"the pane's {held} lines of {size / pushed.value:.0f} bytes: {board.resident() / 1e6:.1f} MB, "
          f"{empty / 1e6:.1f} of them before, {(board.resident() - empty) / (size * held / pushed.value):.2f} times their bytes")
    look_through(board, pushed.value)
    board.close()
    sys.exit(missing != 0)


if __name__ == "__main__":
    main()
