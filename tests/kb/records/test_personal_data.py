"""What leads to a person is masked before anything is stored; what a store needs to learn from stays."""

from __future__ import annotations

import random
import re
import time

import pytest
import yaml

from kb.records.personal_data import masked
from tests.service import ROOT

GROUPS: dict[str, list[dict[str, str]]] = yaml.safe_load(
    (ROOT / "tests/cases/personal_data.yaml").read_text(encoding="utf-8")
)
CASES = [(each["text"], each["masked"]) for group in GROUPS.values() for each in group if "text" in each]
STAYS = [each["stays"] for group in GROUPS.values() for each in group if "stays" in each]
SHORT, LONG = 4_000, 32_000
# Eight times the text may take eight times the time, and some noise; what is quadratic takes 64 times as long.
LINEAR = 24


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_personal_data_is_masked(text: str, expected: str) -> None:
    """An address or number that gets past this is in the database, and in every backup of it."""
    assert masked(text) == expected


@pytest.mark.parametrize("text", STAYS)
def test_what_is_not_personal_stays(text: str) -> None:
    """Without dates, prices and order numbers nobody understands what customers ask."""
    assert masked(text) == text


def test_all_four_countries_have_cases_of_both_kinds() -> None:
    """A country whose cases are lost is a country that nobody protects."""
    for country in ("russia", "italy", "hungary", "english-speaking countries"):
        kinds = [set(case) for case in GROUPS[country]]

        assert kinds.count({"text", "masked"}) >= 15
        assert kinds.count({"stays"}) >= 8


@pytest.mark.parametrize("text", [masked for _, masked in CASES])
def test_masking_twice_changes_nothing(text: str) -> None:
    """Text that went through two hands reads the same."""
    assert masked(text) == text


@pytest.mark.parametrize(
    "separator", ["", " ", ".", "-", "/", "\\", ")", "(", "[", "–", "‑", "_", ",", " - ", ") ", "\t"]
)
def test_seven_digits_are_never_kept_whatever_parts_them(separator: str) -> None:
    """The rule that catches the formats nobody thought of."""
    for seed in range(50):
        digits = [str(random.Random(seed).randrange(10)) for _ in range(7 + seed % 14)]  # noqa: S311
        found = masked("x " + separator.join(digits) + " y")

        assert sum(map(str.isdigit, found)) <= 6, found


UNITS = (
    *("a", "@", "a@", "a@a.", "1", "1 ", "1-", "1.", "(1", "+1", "a dot ", "a точка ", "ab12 ", "IT60", "IT60 X"),
    *("l", " l", "a at ", "a at a dot ", "собака ", '"a', "1234n", "1 000 ", "1.1.2020 ", "12:00-", "€1", "1,"),
    *("паспорт ", "n ", "паспорт no ", "12 34 n", "٣", "a(at)", "a (at) ", "%40", "&#64;", "'", "aaa aaa ll", "("),
    *(" ab 12 34 56", "2024-", "MT84MALT", "I-АА ", "77 АА 12345", "\u200b", "e\u0301", "1\u0336", "_", "a_1"),
    *("\ud800", "12.12.12 "),
)


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """A comment made to keep a pattern busy must not stop the writing of all others."""
    short, long = ((unit * (chars // len(unit) + 1))[:chars] for chars in (SHORT, LONG))

    assert _seconds(long) < min(_seconds(short) for _ in range(3)) * LINEAR


def _seconds(text: str) -> float:
    start = time.process_time()
    masked(text)
    return time.process_time() - start


def test_any_text_can_be_masked() -> None:
    """The writer must not stumble over what somebody typed; a fixed seed keeps the failure repeatable."""
    chance = random.Random(7)  # noqa: S311
    signs = "ab1234567890@.-()[]{}+ \n\t\u200b\u0336\ud800\U0001f600ЯёÀ٣,€Ft№/\\'\"%40собака at dot IT60 "
    for _ in range(3000):
        text = "".join(chance.choices(signs, k=chance.randrange(60)))
        found = masked(text)

        assert not re.search(r"\d{8}", found), text
