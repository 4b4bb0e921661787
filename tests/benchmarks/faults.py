"""
What customers notice when a part is taken away: `python -m tests.benchmarks.faults [SECONDS]`.

20 searches a second on the sample store, each a new wording, while the engine is killed or stopped, the model hangs,
the database is locked or the disk is full. Told per fault: answers that were not 200, the slowest, the modes that were
seen, and how long after the fault had ended ten searches in a row were whole again.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kb.embedding.models import embedder_for
from tests.journeys.test_ladder import HangingEmbedder
from tests.kb_process import Kb, running_kb
from tests.load import Load, Sent, searching
from tests.service import SAMPLE, Store

PER_SECOND = 20
SECONDS = 60.0
QUESTIONS = [
    "when will I get my money back",
    "how do I return a parcel",
    "can I pay on delivery",
    "my phone is broken under warranty",
    "what does delivery cost",
    "where is my order",
]
STOPPED_SECONDS = 30.0
IN_A_ROW = 10
# What a public data folder with the sample store needs, and little more.
DISK = "size=24m"


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"{'fault':28} {'searches':>8} {'not 200':>8} {'p95 ms':>8} {'slowest':>8}  modes; whole again after")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), embedder_for())
        shutil.copytree(SAMPLE, store.settings.articles)
        with store.engine() as access:
            store.publish(access)
        for name, fault in {
            "engine killed (-9)": _killed,
            "engine stopped 30 s": _stopped,
            "database locked": _locked,
        }.items():
            with running_kb(store) as kb:
                kb.serve()
                _measure(name, kb.url, lambda load, kb=kb, fault=fault: fault(kb, load), seconds)  # type: ignore[misc]
        _hanging_model(store, seconds)
        _full_disk(store, seconds)


def _measure(name: str, url: str, fault: Callable[[Load], float], seconds: float) -> None:
    """`fault` takes something away and returns when it had ended, in the load's seconds."""
    with searching(url, PER_SECOND, QUESTIONS) as load:
        _until_whole(load)
        begun = load.now
        time.sleep(seconds / 12)
        ended = fault(load)
        _until_whole(load)
        time.sleep(max(0.0, begun + seconds - load.now))
    sent = load.since(begun)
    took = sorted(each.seconds * 1000 for each in sent)
    modes = ", ".join(sorted({each.mode or "none" for each in sent}))
    wrong = sum(each.status != 200 for each in sent)
    p95 = took[int(len(took) * 0.95)]
    print(
        f"{name:28} {len(sent):8} {wrong:8} {p95:8.0f} {took[-1]:8.0f}  {modes}; {_whole_after(sent, ended):.1f} s",
        flush=True,
    )


def _whole_after(sent: list[Sent], ended: float) -> float:
    """Return the seconds from the end of the fault to the first of ten searches in a row with everything."""
    first_worse = min((each.at for each in sent if each.mode != "hybrid"), default=ended)
    after = [each for each in sent if each.at >= max(ended, first_worse)]
    runs = (at for at in range(len(after)) if all(each.mode == "hybrid" for each in after[at : at + IN_A_ROW]))
    found = next(runs, None)
    return float("inf") if found is None else max(0.0, after[found].at - ended)


def _until_whole(load: Load) -> None:
    begun = load.now
    while not any(each.mode == "hybrid" for each in load.since(begun)):
        time.sleep(0.05)


def _killed(kb: Kb, load: Load) -> float:
    os.kill(kb.engines()[0], signal.SIGKILL)
    return load.now


def _stopped(kb: Kb, load: Load) -> float:
    engine = kb.engines()[0]
    os.kill(engine, signal.SIGSTOP)
    time.sleep(STOPPED_SECONDS)
    if engine in kb.engines():
        os.kill(engine, signal.SIGCONT)
    return load.now


def _locked(kb: Kb, load: Load) -> float:
    locks = [sqlite3.connect(path, isolation_level=None) for path in kb.store.settings.data.glob("*.sqlite")]
    for lock in locks:
        lock.execute("BEGIN EXCLUSIVE")
    time.sleep(10)
    for lock in locks:
        lock.close()
    return load.now


def _hanging_model(store: Store, seconds: float) -> None:
    hanging = HangingEmbedder(store.embedder)
    patient, store.settings = store.settings, replace(store.settings, embedding_deadline_ms=500, engine_deadline_ms=400)

    def fault(load: Load) -> float:
        hanging.runs.clear()
        time.sleep(10)
        hanging.runs.set()
        return load.now

    with store.engine() as access, store.serve(access, embedder=hanging) as service:
        _measure("model hangs 10 s", service.url, fault, seconds)
    store.settings = patient


def _full_disk(store: Store, seconds: float) -> None:
    with _small_disk(store.folder / "small") as disk:
        small = Store(disk, store.embedder)
        small.settings = replace(small.settings, articles=store.settings.articles)
        shutil.copytree(store.settings.data / "editions", small.settings.data / "editions")
        shutil.copy(store.settings.data / "live", small.settings.data / "live")
        with running_kb(small) as kb:
            kb.serve()
            _measure("disk full 10 s", kb.url, lambda load: _filled(disk, load), seconds)


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)], check=True)  # noqa: S607
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


def _filled(disk: Path, load: Load) -> float:
    filler = disk / "filler"
    with filler.open("wb") as file:
        try:
            while True:
                file.write(b"\0" * 65536)
                file.flush()
        except OSError:
            pass
    time.sleep(10)
    filler.unlink()
    return load.now


if __name__ == "__main__":
    main()
