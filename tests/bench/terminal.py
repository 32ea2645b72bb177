"""A program in a terminal of its own, seen from outside: keys in, bytes out, with the time of each. For the benchmarks.
Needs python3-pyte (packaging/deps bench), which says what a terminal would show.
"""
import fcntl, os, pty, re, select, signal, struct, termios, time
import pyte

FRAME_GAP = 0.005  # a terminal passes a frame on in pieces, one right behind the other


class Terminal:
    """Its bytes are read by wait, until and quiet only; all times are seconds of time.monotonic."""

    def __init__(self, command, width=120, height=40, env=None):
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ.update({"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"} | (env or {}))
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
            os.execvp(command[0], command)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        self.total = self.frames = 0
        self.last = 0.0
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.ByteStream(self.screen)
        self.unseen = b""

    def read(self, seconds):
        """The bytes that come within that time, at once when there are any; b"" when there are none."""
        if not select.select([self.fd], [], [], max(0, seconds))[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            return b""
        now = time.monotonic()
        self.total += len(data)
        self.frames += now - self.last > FRAME_GAP
        self.last = now
        self.unseen += data
        return data

    def shown(self):
        """The screen as text. (Only here the bytes are looked at: they take a while.)"""
        self.stream.feed(self.unseen)
        self.unseen = b""
        return "\n".join(self.screen.display)

    def until(self, pattern, seconds):
        """Seconds since the start until the screen matches; None: it did not in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.read(end - time.monotonic()):
                came = time.monotonic() - self.started
                if re.search(pattern, self.shown()):
                    return came
        return None

    def quiet(self, seconds, most=30):
        """Reads until nothing came for that long."""
        end = time.monotonic() + most
        while self.read(seconds) and time.monotonic() < end:
            pass

    def drain(self, seconds):
        """Reads all that comes in that time; the number of bytes."""
        end, before = time.monotonic() + seconds, self.total
        while time.monotonic() < end:
            self.read(end - time.monotonic())
        return self.total - before

    def key(self, keys, seconds=5.0, sign=b""):
        """Sends keys; the seconds until bytes come after them that hold the sign, None when none do."""
        while self.read(0):
            pass
        sent, came = time.monotonic(), b""
        os.write(self.fd, keys)
        while time.monotonic() - sent < seconds:
            came += self.read(seconds)
            if came and sign in came:
                return time.monotonic() - sent
        return None

    def shows(self, keys, pattern, seconds=3.0):
        """Sends keys; the seconds until a frame that matches has begun, None: not in that time. (All is read first and looked at
        then.)"""
        while self.read(0):
            pass
        self.shown()
        sent, frames = time.monotonic(), []
        os.write(self.fd, keys)
        while time.monotonic() - sent < seconds:
            before, data = self.frames, self.read(sent + seconds - time.monotonic())
            if self.frames > before or not frames:
                frames.append((self.last - sent, b""))
            frames[-1] = (frames[-1][0], frames[-1][1] + data)
        self.unseen, when = b"", None
        for at, data in frames:
            self.stream.feed(data)
            if when is None and re.search(pattern, "\n".join(self.screen.display)):
                when = at
        return when

    def cpu(self):
        """User and system seconds that it has used."""
        fields = open(f"/proc/{self.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self):
        """Peak resident memory, bytes."""
        return self.status("VmHWM")

    def resident(self):
        """Resident memory, bytes."""
        return self.status("VmRSS")

    def status(self, name):
        return int(re.search(rf"{name}:\s+(\d+)", open(f"/proc/{self.pid}/status").read())[1]) << 10

    def close(self):
        os.kill(self.pid, signal.SIGTERM)
        self.quiet(0.2, 2)
        os.close(self.fd)
        os.waitpid(self.pid, 0)


def percentile(values, part):
    """Of a list of numbers; part 0.99 is the 99th."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
