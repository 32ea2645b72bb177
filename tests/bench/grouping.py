#!/usr/bin/env python3
"""How well lines are grouped that look otherwise than those which the masks were made for.

usage: tests/bench/grouping.py DIR [COMMAND ...]      (COMMAND: ./kubeboard group -o ids)

DIR holds NAME.log (a message a line) and NAME.ids (the true group of each line). Variants of them
are made whose truth is the same, and each is scored: a line is right when the lines of its group
are exactly those of its true group. What a variant loses against the logs as they are is what
rests on the look of their words and values.
"""
import collections
import pathlib
import random
import re
import subprocess
import sys
import tempfile

KEPT = set("""a an the of in on at to from for by with and or not is was are be has have had no it its
 this that as into out up user host file port size id name error warning info failed invalid true
 false null none key value jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat
 sun ms sec kb mb gb bytes seconds minutes hours days utc gmt am pm http https com org net""".split())
SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def word(source, length):
    return "".join(source.choice(SYLLABLES) for _ in range(length // 2 + 1))[:max(length, 3)]


SHAPES = {
    "words": lambda r: word(r, r.randint(4, 9)),
    "capitals": lambda r: word(r, 5).upper(),
    "titles": lambda r: word(r, 6).capitalize(),
    "camel": lambda r: word(r, 5).capitalize() + word(r, 5).capitalize(),
    "dashed": lambda r: word(r, 4) + "-" + word(r, 4),
    "scored": lambda r: word(r, 4) + "_" + word(r, 4),
    "numbered": lambda r: word(r, 5) + str(r.randint(1, 99)),
    "hexadecimal": lambda r: "%08x" % r.getrandbits(32),
    "addresses": lambda r: ".".join(str(r.randint(1, 254)) for _ in range(4)),
    "paths": lambda r: "/" + word(r, 3) + "/" + word(r, 5),
    "base64": lambda r: "".join(r.choice("ABCDEFGHIJKabcdefghijk0123456789+") for _ in range(22)) + "==",
}


def reshaped(lines, ids, shapes, share, seed=1):
    """Words that differ between the lines of a true group in other shapes, equal ones alike."""
    chance, made, out = random.Random(seed), {}, list(lines)
    groups = collections.defaultdict(list)
    for i, (line, true) in enumerate(zip(lines, ids)):
        groups[true, line.count(" ")].append(i)
    for (_, blanks), members in groups.items():
        words = [lines[i].split(" ") for i in members]
        for place in range(blanks + 1):
            if len({w[place] for w in words}) < 2 or chance.random() > share:
                continue
            shape = chance.choice(shapes)
            for w in words:
                before, core, behind = re.match(
                    r"^([(\[{<\"']*(?:[A-Za-z_.]+[=:])?)(.*?)([)\]}>\"',.:;]*)$", w[place]).groups()
                if core and (shape, core) not in made:
                    made[shape, core] = SHAPES[shape](random.Random(f"{seed} {core}"))
                w[place] = before + made.get((shape, core), core) + behind
        for i, w in zip(members, words):
            out[i] = " ".join(w)
    return out


def renamed(lines, seed):
    """Another vocabulary, but for the words that hold sentences together; values stay."""
    chance, names = random.Random(seed), {}

    def name(match):
        old = match.group(0).lower()
        if old in KEPT:
            return match.group(0)
        if old not in names:
            end = next((e for e in ("ing", "ed", "s") if old.endswith(e) and len(old) > len(e) + 3), "")
            names[old] = word(chance, len(old) - len(end)) + end
        new = names[old]
        return new.upper() if match.group(0).isupper() else new.capitalize() if match.group(0)[0].isupper() else new

    def token(match):
        if re.search(r"\d|\.[a-z]{2,4}\b|://", match.group(0)):
            return match.group(0)
        return re.sub(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}(?![a-z])", name, match.group(0))

    return [re.sub(r"\S+", token, line) for line in lines]


def headed(lines, ids, form, seed=3):
    """A header before each message, with a level and a logger of its true group."""
    chance, of = random.Random(seed), {}
    out = []
    for i, (line, true) in enumerate(zip(lines, ids)):
        level, logger = of.setdefault(true, (chance.choice(["INFO", "WARN", "ERROR"]), word(chance, 6)))
        out.append(form.format(t=f"10:00:{i % 60:02d}", ms=chance.randint(100, 999), level=level, l=level[0],
                               logger=logger, thread=f"pool-1-thread-{chance.randint(1, 9)}", line=line))
    return out


def variants(lines, ids):
    order = list(range(len(lines)))
    random.Random(5).shuffle(order)
    yield "as they are", lines, ids
    yield "shuffled", [lines[i] for i in order], [ids[i] for i in order]
    yield "500 lines", lines[700:1200], ids[700:1200]
    for seed in (1, 2):
        yield f"renamed {seed}", renamed(lines, seed), ids
    yield "logger before", headed(lines, ids, "2024-05-01 {t},{ms} {level} [{thread}] com.acme.{logger} - {line}"), ids
    yield "klog before", headed(lines, ids, "{l}0501 {t}.{ms}000    {ms} {logger}.go:{ms}] {line}"), ids
    for shape in ("hexadecimal", "numbered", "base64"):
        yield f"all {shape}", reshaped(lines, ids, [shape], 1), ids
    for shape in ("words", "dashed", "camel", "titles", "capitals"):
        yield f"third {shape}", reshaped(lines, ids, [shape], 1 / 3), ids
    yield "all mixed", reshaped(lines, ids, sorted(SHAPES), 1), ids


def accuracy(found, true):
    by_found, by_true = collections.defaultdict(set), collections.defaultdict(set)
    for line, (f, t) in enumerate(zip(found, true)):
        by_found[f].add(line)
        by_true[t].add(line)
    return sum(len(m) for m in by_found.values() if by_true[true[next(iter(m))]] == m) / len(true)


def score(command, lines, ids):
    with tempfile.TemporaryFile() as file:
        file.write("".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape"))
        file.seek(0)
        run = subprocess.run(command, stdin=file, stdout=subprocess.PIPE, check=True)
    found = run.stdout.decode().splitlines()
    if len(found) != len(ids):
        sys.exit(f"{command[0]}: {len(found)} ids for {len(ids)} lines")
    return accuracy(found, ids)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    command = sys.argv[2:] or ["./kubeboard", "group", "-o", "ids"]
    table = collections.defaultdict(list)
    for log in sorted(pathlib.Path(sys.argv[1]).glob("*.log")):
        lines = log.read_text(errors="surrogateescape").split("\n")[:-1]
        for name, changed, ids in variants(lines, log.with_suffix(".ids").read_text().split()):
            table[name].append(score(command, changed, ids))
    for name, scores in table.items():
        print(f"{name:18s} {sum(scores) / len(scores):.4f}   " + " ".join(f"{s:.3f}" for s in scores))


main()
