"""
Several processes on one data directory: one owns it, the others follow, each with what its audience may have.

What a process for customers holds is looked for in its memory and its open files: not one word of what is internal.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.embedding.base import Embedder
from tests.crawl import CANARIES, crawl, normalised, write_internal
from tests.kb_process import PATIENCE_SECONDS, Kb, running_kb
from tests.service import RunningService, Store, small_store

pytestmark = pytest.mark.slow

# An answer without vectors because the machine was busy is another answer.
PATIENT = {"KB_EMBEDDING_DEADLINE_MS": "20000", "KB_ENGINE_DEADLINE_MS": "20000"}
STAFF = ("/agent", "/insights", "/api/v1/agent", "/api/v1/editor")

CHUNK_BYTES = 1 << 24


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Store:
    """A store with everything that agents have, published."""
    store = small_store(tmp_path_factory.mktemp("surfaces"), embedder)
    write_internal(store)
    with store.engine() as access:
        store.publish(access)
    return store


@pytest.fixture
def owner(full: Store) -> Iterator[Kb]:
    with running_kb(full) as kb:
        kb.settings |= PATIENT
        kb.serve()
        yield kb


@pytest.fixture
def public(full: Store, owner: Kb) -> Iterator[Kb]:
    with running_kb(full) as kb:
        kb.settings |= {**PATIENT, "KB_SURFACE": "public"}
        kb.serve()
        _until_hybrid(kb)
        yield kb


def _until_hybrid(kb: Kb) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while kb.search("what does delivery cost")["mode"] != "hybrid":
        assert time.monotonic() < deadline, "search does not become whole"
        time.sleep(0.2)


def test_process_for_customers_holds_no_internal_word(owner: Kb, public: Kb) -> None:
    """Its memory, its mapped and open files: no canary, no key but its own, nothing of the internal half."""
    pid = public.started[0].pid
    memory = _found_in_memory(pid, [word.encode() for word in CANARIES])
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    files = [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]

    assert memory == set()
    assert "/public/vectors.npy" in maps
    assert "/internal/" not in maps
    assert [name for name in files if "internal" in name or name.endswith(("records.sqlite", "owner.json"))] == []


def test_the_memory_of_a_process_for_everybody_does_hold_them(owner: Kb) -> None:
    """The counterpart: what is looked for is found where it may be."""
    _until_hybrid(owner)

    assert b"quokkanote" in _found_in_memory(owner.started[0].pid, [b"quokkanote"])


def test_customers_get_the_same_from_both(owner: Kb, public: Kb) -> None:
    """Whether a process also serves agents cannot be seen from outside: every public answer is the same to the byte."""
    _until_hybrid(owner)
    everything, customers = crawl(_over_http(owner)), crawl(_over_http(public))
    for_customers = [path for path in customers if not path.startswith(STAFF)]
    different = [
        path
        for path in for_customers
        if path != "/metrics" and normalised(everything[path]) != normalised(customers[path])
    ]

    assert for_customers
    assert different == []


def test_followers_go_on_without_their_owner(full: Store) -> None:
    """The owner stops: customers are answered from the edition; it comes back, and search is whole again."""
    with running_kb(full) as follower:
        follower.settings["KB_SURFACE"] = "public"
        with running_kb(full) as first:
            first.serve()
            follower.serve()
            _until_hybrid(follower)
        alone = follower.search("what does delivery cost")
        with running_kb(full) as second:
            second.serve()
            _until_hybrid(follower)

    assert alone["mode"] == "fallback"
    assert alone["hits"][0]["article_id"] == "en/delivery/delivery-cost"


def test_follower_moves_to_what_the_owner_publishes(owner: Kb, public: Kb) -> None:
    """An article is saved: the process for customers shows it too, without being told."""
    path = owner.store.article("en/delivery/followed", "Is it followed?", "It is.")
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while public.status("/en/delivery/followed") != 200:
            assert time.monotonic() < deadline, "the follower does not move"
            time.sleep(0.1)
    finally:
        path.unlink()


def _over_http(kb: Kb) -> RunningService:
    return RunningService(kb.url, None)  # type: ignore[arg-type]  # only asked


def _found_in_memory(pid: int, words: list[bytes]) -> set[bytes]:
    """Return which words stand in the writable memory of a process."""
    found: set[bytes] = set()
    pattern = re.compile(b"|".join(words))
    regions = re.findall(r"(?m)^([0-9a-f]+)-([0-9a-f]+) rw", Path(f"/proc/{pid}/maps").read_text(encoding="utf-8"))
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end in ((int(first, 16), int(last, 16)) for first, last in regions):
            for at in range(start, end, CHUNK_BYTES):
                found |= set(pattern.findall(_read(memory.fileno(), at, min(CHUNK_BYTES, end - at))))
    return found


def _read(descriptor: int, at: int, size: int) -> bytes:
    try:
        return os.pread(descriptor, size, at)
    except OSError:  # not every region can be read
        return b""
