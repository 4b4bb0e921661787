"""`kb eval` and what `kb check` says of its files, as they are typed: what is told, and how the command ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from api.cli.eval_report import Calibrated, Report, calibrated_lines, report_as_dict, report_lines
from indexer.last_run import Run, read_run, write_run
from kb.answers import Outcome
from kb.article import Calibration, Weights
from kb.confidence import NAMES
from kb.evaluation import Judged, figures
from kb.golden import Asked, GoldenQuestion, compare
from kb.search import Mode
from tests.indexer.samples import page, write

TOPIC = "returns/refund-time"
FILES: dict[str, str | bytes] = {
    "en/returns/refund-time.md": page("Ten days."),
    "golden/en.yaml": '- {question: "my money?", topic: returns/refund-time}\n',
}
_TOLD = "{bias: 0.0, " + ", ".join(f"{name}: 0.0" for name in NAMES) + "}"
WEIGHTS = f"first_is_right: {_TOLD}\nanswerable: {_TOLD}\nhandoff_below: 0.5\n"


def kb(root: Path, *arguments: str) -> Result:
    options = ("--articles", str(root / "articles"), "--data", str(root / "data"))
    return CliRunner().invoke(cli, [*options, *arguments], prog_name="kb")


def asked(
    text: str, *found: str, topic: str | None = TOPIC, outcome: Outcome = Outcome.ANSWER, lang: str = "en"
) -> Asked:
    return Asked(GoldenQuestion(lang, text, topic), found, outcome, 0.75, Mode.HYBRID)


GOOD = asked("good?", TOPIC)
THIRD = asked("third?", "a/a", "b/b", TOPIC, outcome=Outcome.CLARIFY, lang="ru")
REFUSED = asked("refused?", "a/a", outcome=Outcome.HANDOFF)
WEATHER = asked("weather?", "a/a", topic=None, lang="ru")
ASKED = [GOOD, THIRD, REFUSED, WEATHER]


def report(*before: Asked, quality: dict[str, float] | None = None, now: list[Asked] | None = None) -> Report:
    now = ASKED if now is None else now
    run = Run("e0", "2026-06-15T12:00:00+00:00", before) if before else None
    return Report("e1", now, run, compare(before, now), quality or {})


def test_nothing_published_is_told(tmp_path: Path) -> None:
    """There is nothing to ask yet; no engine is started for it."""
    write(tmp_path / "articles", FILES)
    result = kb(tmp_path, "eval")

    assert result.exit_code == 1
    assert "Nothing has been published yet" in result.output


@pytest.mark.parametrize("arguments", [("eval",), ("eval", "--calibrate")])
def test_store_without_golden_questions_learns_how_to_write_them(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """The message shows a line to begin with."""
    write(tmp_path / "articles", {})
    result = kb(tmp_path, *arguments)

    assert result.exit_code == 1
    assert "There are no golden questions. Write articles/golden/en.yaml" in result.output


def test_too_few_questions_teach_nothing(tmp_path: Path) -> None:
    """One question would make every answer sure, or none."""
    write(tmp_path / "articles", FILES)
    result = kb(tmp_path, "eval", "--calibrate")

    assert result.exit_code == 1
    assert "at least 40 golden questions" in result.output
    assert not (tmp_path / "articles/calibration.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("nowhere.yaml",), "does not exist", id="no such file"),
        pytest.param(("articles/golden/en.yaml", "--lang", "de"), "'de' is no language", id="other language"),
        pytest.param(("articles/store.yaml",), "'store' is no language", id="name that is no language"),
        pytest.param(("--fast",), "No such option", id="unknown option"),
    ],
)
def test_wrong_use_has_exit_code_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    """2 says that the command line was wrong, 1 that a problem was found."""
    write(tmp_path / "articles", FILES)
    monkeypatch.chdir(tmp_path)
    result = kb(tmp_path, "eval", *arguments)

    assert result.exit_code == 2
    assert told in result.output


def test_check_tells_of_golden_questions_and_of_a_calibration_for_another_model(tmp_path: Path) -> None:
    """Both are warnings: the command ends well, and an editor sees them on the pull request."""
    golden = '- {question: "my money?", topic: returns/refund-tim}\n'
    calibration = "model: another\n" + WEIGHTS
    write(tmp_path / "articles", {**FILES, "golden/en.yaml": golden, "calibration.yaml": calibration})
    result = kb(tmp_path, "check", "--format", "github")

    assert result.exit_code == 0
    assert "golden/en.yaml,line=1,title=golden::There is no topic 'returns/refund-tim'." in result.output
    assert "calibration.yaml,line=1,title=calibration::It was made with the model 'another'" in result.output


def test_each_language_has_a_row_and_all_have_one() -> None:
    """Three answerable, one first, two among three; half of an English pair says nothing of Russian."""
    rows = [line.split() for line in report_lines(report())][2:5]

    assert [row[:4] for row in rows] == [
        ["en", "2", "0.500", "0.500"],
        ["ru", "2", "0.000", "1.000"],
        ["all", "4", "0.333", "0.667"],
    ]


def test_worst_questions_are_listed() -> None:
    """What an editor looks at: what came first instead, and where the right one stands."""
    told = "\n".join(report_lines(report()))

    assert "The right topic is not first (2):\n  ru  third? → a/a; returns/refund-time is number 3" in told
    assert "en  refused? → a/a; returns/refund-time is not among 10" in told
    assert "Handed off, although there is an answer (1):\n  en  refused? → returns/refund-time is not among 10" in told
    assert "Not handed off, although nothing answers it (1):\n  ru  weather? → answered: a/a, 75% sure" in told


def test_changes_since_the_last_run_are_counted_and_listed() -> None:
    """The editor's question is: what did my change do?"""
    before = [asked("good?", "a/a", TOPIC), asked("refused?", TOPIC), THIRD]
    told = "\n".join(report_lines(report(*before)))

    assert "Since 2026-06-15T12:00:00+00:00 (edition e0): 1 got its answer, 1 lost its answer." in told
    assert "lost its answer: en  refused? → returns/refund-time, place 1 → –, answered, now handed off" in told
    assert "Since" not in "\n".join(report_lines(report()))
    assert "nothing has changed" in "\n".join(report_lines(report(*ASKED)))


def test_demands_that_are_not_met_are_told_last() -> None:
    """The end of a log is what is read."""
    lines = list(report_lines(report(quality={"first": 0.9, "among_three": 0.6})))

    assert lines[-1] == "  first: the right topic comes first for 33.3%, wanted is at least 90.0%."
    assert lines[-2] == "Worse than store.yaml demands (1):"


def test_run_without_vectors_says_that_it_cannot_be_compared() -> None:
    """A fall in quality must not be taken for what an article did."""
    weak = Asked(GOOD.golden, GOOD.found, GOOD.outcome, GOOD.confidence, Mode.FALLBACK)

    told = "\n".join(report_lines(report(now=[weak, THIRD])))

    assert "Not comparable with other runs: 1 in mode fallback, of 2." in told


def test_json_holds_the_same() -> None:
    """For programs: figures, worst questions, changes and shortfalls."""
    made = json.loads(json.dumps(report_as_dict(report(asked("good?", "a/a", TOPIC), quality={"first": 0.9}))))

    assert made["figures"]["all"]["first"] == pytest.approx(1 / 3)
    assert [each["question"] for each in made["not_first"]] == ["third?", "refused?"]
    assert [each["question"] for each in made["not_refused"]] == ["weather?"]
    assert [(each["change"], each["now"]["place"]) for each in made["changed"]] == [("got its answer", 1)]
    assert [each["name"] for each in made["shortfalls"]] == ["first"]
    assert made["modes"] == {"hybrid": 4}


@pytest.mark.parametrize(("before", "after", "warned"), [(0.9, 0.6, True), (0.6, 0.9, False)])
def test_calibration_that_brings_nothing_is_told(before: float, after: float, warned: bool) -> None:
    """It is written all the same: who made it decides."""
    sure, unsure = (
        figures([Judged((TOPIC,), frozenset([TOPIC]), Outcome.ANSWER, chance)]) for chance in (before, after)
    )
    told = "\n".join(
        calibrated_lines(
            Calibrated(Calibration("m", Weights(0.0, {}), Weights(0.0, {}), 0.5, 20), sure, unsure, Path("articles"))
        )
    )

    assert ("It is no better there" in told) == warned
    assert "Learned from 20 questions." in told
    assert "articles/calibration.yaml" in told


def test_run_is_kept_and_one_of_a_part_leaves_the_rest(tmp_path: Path) -> None:
    """`kb eval FILE` must not forget what the other questions found."""
    write_run(tmp_path, "e1", [GOOD, THIRD])
    first = read_run(tmp_path)
    again = asked("good?", "a/a")
    write_run(tmp_path, "e2", [again], first.asked if first else ())
    second = read_run(tmp_path)

    assert first
    assert first.asked == (GOOD, THIRD)
    assert second
    assert (second.edition, second.asked) == ("e2", (again, THIRD))


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"edition": 1}'])
def test_unreadable_run_is_none(tmp_path: Path, content: bytes | None) -> None:
    """The first run, or one of another version: there is nothing to compare with."""
    if content is not None:
        (tmp_path / "eval.json").write_bytes(content)

    assert read_run(tmp_path) is None
