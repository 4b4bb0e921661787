"""
Vectors with the mean of their language taken away.

E5 puts every text of a language near that language's own centre, so a Hungarian question is nearer to a wrong Hungarian
article than to the right Italian one. Without the centre, languages can be compared: the largest single gain where an
article exists in another language only. Questions and passages have different centres, because the model marks them
with different prefixes.
"""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec
import numpy as np

from kb.embedding.base import FloatMatrix, FloatVector

# A store's own mean counts as much as the shipped one when it has this many texts in a language. Few texts of one
# subject have a mean that is about the subject, and taking that away would hurt.
SHIPPED_WEIGHT_TEXTS = 200
# The same for questions, of which an article brings about six.
SHIPPED_WEIGHT_ARTICLES = 30
# So many articles' questions have a mean that is about the language rather than about their subjects.
ENOUGH_ARTICLES = 30


class Centres(msgspec.Struct, frozen=True):
    """The shipped means of one model, made by `python -m indexer.centres` from the sample store."""

    model: str
    queries: dict[str, list[float]]
    passages: dict[str, list[float]]


@cache
def shipped() -> Centres:
    """Return the means that come with the package."""
    return msgspec.json.decode((resources.files("kb") / "centres.json").read_bytes(), type=Centres)


def are_known(model: str) -> bool:
    """Whether a model's centres are: without them its cosines cannot be compared with a fixed number."""
    return shipped().model == model


def passage_centres(vectors: FloatMatrix, langs: list[str], model: str) -> dict[str, FloatVector]:
    """Return a mean per language of `vectors` (row i is in langs[i]), shrunk towards the shipped one."""
    known = shipped().passages if shipped().model == model else {}
    return _centres(vectors, langs, known, SHIPPED_WEIGHT_TEXTS)


def query_centres(asked: FloatMatrix, langs: list[str], model: str) -> dict[str, FloatVector]:
    """
    Return a mean per language of how articles are asked for (row i is of an article in langs[i]).

    Those of the languages that are shipped, and of the store's own shrunk towards them. Of another model the own
    means alone, of languages with enough articles.
    """
    known = shipped().queries if shipped().model == model else {}
    own = _centres(asked, langs, known, SHIPPED_WEIGHT_ARTICLES)
    if not known:
        return {lang: mean for lang, mean in own.items() if langs.count(lang) >= ENOUGH_ARTICLES}
    return {**{lang: _centre_of(lang, known) for lang in known}, **own}


def _centres(
    vectors: FloatMatrix, langs: list[str], known: dict[str, list[float]], shipped_weight: int
) -> dict[str, FloatVector]:
    centres = {}
    for lang in sorted(set(langs)):
        own = vectors[[row for row, each in enumerate(langs) if each == lang]]
        total, count = own.sum(axis=0), len(own)
        if known:
            total = total + shipped_weight * _centre_of(lang, known)
            count += shipped_weight
        centres[lang] = (total / max(count, 1)).astype(np.float32)
    return centres


def centred_query(vector: FloatVector, lang: str, centres: dict[str, FloatVector]) -> FloatVector:
    """Return the question's vector without its language's centre; of a language that has none, the mean of all."""
    if not centres:
        return vector
    centre = centres[lang] if lang in centres else np.mean(list(centres.values()), axis=0)
    return unit(vector - centre)


def _centre_of(lang: str, known: dict[str, list[float]]) -> FloatVector:
    """Return a language's shipped mean; of a language not shipped, the mean of all."""
    rows = [known[lang]] if lang in known else list(known.values())
    mean: FloatVector = np.mean(np.array(rows, dtype=np.float32), axis=0)
    return mean


def centred(vectors: FloatMatrix, langs: list[str], centres: dict[str, FloatVector]) -> FloatMatrix:
    """Return the rows without their languages' centres, of unit length again."""
    if not len(vectors):
        return vectors
    return unit(vectors - np.stack([centres[lang] for lang in langs]))


def unit(vectors: FloatMatrix) -> FloatMatrix:
    """Return the rows scaled to length one; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: FloatMatrix = (vectors / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled
