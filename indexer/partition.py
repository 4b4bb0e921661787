"""
Pieces of a whole that should lie side by side: where two of them overlap, and what none of them covers.

The whole is a grid. A piece says for each axis which cells it takes, as the bits of a number, and covers every
combination of them. Pure; nothing here knows what the axes mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

Box = tuple[int, ...]


def overlap(one: Box, other: Box) -> Box | None:
    """Return what both cover, None when that is nothing."""
    both = tuple(mine & theirs for mine, theirs in zip(one, other, strict=True))
    return both if all(both) else None


def gaps(boxes: Sequence[Box], sizes: Sequence[int], at_most: int) -> list[Box]:
    """
    Return up to `at_most` boxes that nothing covers, each as wide as it can be.

    `boxes` must not overlap: what is missing is found by counting, which takes a moment where trying every combination
    of a dozen axes would take hours.
    """
    covered, found = list(boxes), list[Box]()
    while len(found) < at_most and sum(map(_volume, covered)) < prod(sizes):
        found.append(_widened(_uncovered_cell(covered, sizes), covered, sizes))
        covered.append(found[-1])
    return found


def _uncovered_cell(boxes: Sequence[Box], sizes: Sequence[int]) -> Box:
    """Follow, axis by axis, a slice that its boxes cannot fill; there is one, since they do not fill the whole."""
    cell: Box = ()
    for axis, size in enumerate(sizes):
        wanted = prod(sizes[axis + 1 :])
        for place in range(size):
            through = [box for box in boxes if box[axis] >> place & 1]
            if sum(_volume(box[axis + 1 :]) for box in through) < wanted:
                cell, boxes = (*cell, 1 << place), through
                break
    return cell


def _widened(gap: Box, boxes: Sequence[Box], sizes: Sequence[int]) -> Box:
    """Add to each axis in turn what no box takes beside the other axes."""
    for axis, size in enumerate(sizes):
        row = (*gap[:axis], (1 << size) - 1, *gap[axis + 1 :])
        taken = 0
        for box in boxes:
            if both := overlap(row, box):
                taken |= both[axis]
        gap = (*gap[:axis], row[axis] & ~taken, *gap[axis + 1 :])
    return gap


def _volume(box: Box) -> int:
    return prod(cells.bit_count() for cells in box)
