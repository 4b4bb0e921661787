"""Boxes in a grid: what two of them share, and what none of them covers."""

from __future__ import annotations

import random
import time
from itertools import combinations, product
from math import prod

import pytest

from indexer.partition import Box, gaps, overlap


def _cells(box: Box, sizes: tuple[int, ...]) -> set[tuple[int, ...]]:
    axes = [[place for place in range(size) if taken >> place & 1] for taken, size in zip(box, sizes, strict=True)]
    return set(product(*axes))


def _partition(sizes: tuple[int, ...], chance: random.Random) -> list[Box]:
    """Return boxes that fill the grid: the whole, cut again and again."""
    boxes: list[Box] = [tuple((1 << size) - 1 for size in sizes)]
    for _ in range(chance.randint(0, 12)):
        box = boxes.pop(chance.randrange(len(boxes)))
        axis = chance.randrange(len(sizes))
        one = box[axis] & chance.getrandbits(sizes[axis])
        parts = [(*box[:axis], part, *box[axis + 1 :]) for part in (one, box[axis] & ~one)]
        boxes += [part for part in parts if part[axis]]
    return boxes


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ((0b011, 0b11), (0b110, 0b01), (0b010, 0b01)),
        ((0b011, 0b01), (0b110, 0b10), None),
        ((0b001,), (0b001,), (0b001,)),
        # Without any axis there is one cell, and everything is in it.
        ((), (), ()),
    ],
)
def test_overlap_is_what_both_cover(one: Box, other: Box, both: Box | None) -> None:
    """Boxes that are apart on a single axis are apart."""
    assert overlap(one, other) == both


@pytest.mark.parametrize("seed", range(60))
def test_gaps_are_those_that_trying_every_cell_finds(seed: int) -> None:
    """What is told as missing is missing, all of it, and nothing twice."""
    chance = random.Random(seed)  # noqa: S311  cases, not secrets
    sizes = tuple(chance.randint(1, 4) for _ in range(chance.randint(1, 4)))
    boxes = _partition(sizes, chance)
    kept = [box for box in boxes if chance.random() < 0.8]
    missing = set(product(*map(range, sizes))) - {cell for box in kept for cell in _cells(box, sizes)}

    assert gaps(boxes, sizes, 9) == []
    found = [_cells(gap, sizes) for gap in gaps(kept, sizes, prod(sizes))]
    assert set().union(*found) == missing
    assert not any(one & other for one, other in combinations(found, 2))


def test_gap_is_told_as_wide_as_it_is() -> None:
    """One missing rule is one gap, not one for each of its cells; no more are told than asked for."""
    first, second = (0b0001, 0b11), (0b1000, 0b11)

    assert gaps([first, second], (4, 2), 9) == [(0b0110, 0b11)]
    assert gaps([], (4, 2), 9) == [(0b1111, 0b11)]
    assert len(gaps([(0b0100, 0b01), (0b0010, 0b10)], (4, 2), 1)) == 1


def test_many_axes_take_no_time() -> None:
    """A dozen axes of a hundred cells each are more combinations than can be tried."""
    start = time.process_time()
    sizes = (100,) * 12
    boxes = [tuple(1 << place for _ in sizes) for place in range(100)]

    assert len(gaps(boxes, sizes, 3)) == 3
    assert time.process_time() - start < 2
