"""Recorded questions that nothing answered → groups of one meaning, across languages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.centring import are_known, centred_query, query_centres
from kb.embedding.base import FloatVector
from kb.grouping import group
from kb.language import detect
from kb.records.insights import Wording


@dataclass(frozen=True, slots=True)
class Gap:
    """What customers ask and no article answers: one meaning, as they worded it."""

    wordings: tuple[Wording, ...]
    """The most frequent one first."""

    @property
    def count(self) -> int:
        """How often it was asked."""
        return sum(each.count for each in self.wordings)

    @property
    def langs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.lang for each in self.wordings))


def gaps(wordings: Sequence[Wording], vectors: Sequence[FloatVector] | None, model: str = "") -> tuple[Gap, ...]:
    """
    Return the wordings in groups of one meaning, what is asked most first.

    `vectors` are the model's of the wordings as questions, in their order. Without any, or when the centres of the
    model's languages are not known, each wording stands alone.
    """
    if not vectors or not are_known(model):
        found = [Gap((each,)) for each in wordings]
    else:
        centres = query_centres(np.stack(vectors)[:0], [], model)
        # A question in Hungarian on an Italian page lies where Hungarian does.
        centred = [
            centred_query(vector, detect(each.text, each.lang), centres)
            for each, vector in zip(wordings, vectors, strict=True)
        ]
        found = [Gap(tuple(wordings[row] for row in rows)) for rows in group(np.stack(centred))]
    return tuple(sorted(found, key=lambda gap: -gap.count))
