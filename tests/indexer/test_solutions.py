"""articles/solutions.yaml: what can be read is kept, what cannot is told on its line, and nothing stops a publish."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indexer.checks import check
from indexer.library import Library, errors
from indexer.problems import Problem, Severity
from indexer.solutions import MAX_ROWS, read_solutions
from kb.solutions import Approver, Offer, Prices, Solution, Span, When
from tests.indexer.samples import FRONT, library, page

TOPIC = "returns/late"
PHRASES = "openings: {neutral: [Hello]}\nclosings: {neutral: [Bye]}"
ROW = "- {id: ID, problem: returns/late, offer: refund, approver: agent, note: {en: Note.}, when: {WHEN}}"


def read(tmp_path: Path, text: str | bytes) -> tuple[tuple[Solution, ...], list[Problem]]:
    path = tmp_path / "solutions.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_solutions(path, "solutions.yaml", ("en",), {TOPIC})


def rows(*conditions: str) -> str:
    """Return a row for each, with ids a, b, c …"""
    pairs = zip("abcdefgh", conditions, strict=False)
    return "\n".join(ROW.replace("ID", name).replace("WHEN", when) for name, when in pairs)


def one(**changed: str | None) -> str:
    """Return a row of a line per key that is without fault but for what is `changed`; None leaves a key out."""
    written: dict[str, str | None] = {
        "id": "late",
        "problem": TOPIC,
        "offer": "refund",
        "approver": "agent",
        "note": "{en: Note.}",
        **changed,
    }
    lines = [f"{key}: {value}" for key, value in written.items() if value is not None]
    return "- " + "\n  ".join(lines)


def store(tmp_path: Path, solutions: str | bytes) -> Library:
    """Return a library without fault but for `solutions`."""
    files: dict[str, str | bytes] = {"phrases/en.yaml": PHRASES, "en/returns/late.md": page("Text.", FRONT)}
    return library(tmp_path, {**files, "solutions.yaml": solutions})


def test_row_is_read(tmp_path: Path) -> None:
    """Every key arrives; a single answer is a list of one, a sum a number, and what is not named does not matter."""
    solutions, problems = read(
        tmp_path,
        """- id: late-return
  problem: returns/late
  when:
    days_since_receipt: {from: 31, to: 45}
    wish: [refund, repair]
    in_stock: false
    goods_value: {over: {HUF: 5000, EUR: 14.5}}
  offer: refund
  limit: {HUF: 3000, EUR: 8}
  approver: team_leader
  valid_from: 2026-12-01
  valid_until: 2027-01-31
  note: {en: " Ask first. "}""",
    )
    when = When(
        days_since_receipt=Span(31, 45),
        wish=("refund", "repair"),
        in_stock=(False,),
        goods_value=Prices(over={"HUF": 5000, "EUR": 14.5}),
    )

    assert {problem.code for problem in problems} == {"solution-gap"}
    assert solutions == (
        Solution(
            id="late-return",
            problem="returns/late",
            when=when,
            offer=Offer.REFUND,
            approver=Approver.TEAM_LEADER,
            limit={"HUF": 3000, "EUR": 8},
            note={"en": "Ask first."},
            valid_from=date(2026, 12, 1),
            valid_until=date(2027, 1, 31),
        ),
    )


@pytest.mark.parametrize(
    ("changed", "line", "told"),
    [
        pytest.param({"id": None}, 1, "The id is missing.", id="no id"),
        pytest.param({"id": "Late Return"}, 1, "The id cannot be 'Late Return'.", id="id with a space"),
        pytest.param({"problem": None}, 1, "The problem is missing.", id="no problem"),
        pytest.param({"problem": "late"}, 2, "The problem cannot be 'late'.", id="problem without a category"),
        pytest.param({"offer": "money"}, 3, "The offer cannot be 'money'.", id="unknown offer"),
        pytest.param({"offer": None}, 1, "The offer is missing.", id="no offer"),
        pytest.param({"offer": "[refund]"}, 3, "The offer cannot be ['refund'].", id="two offers in one"),
        pytest.param({"approver": "boss"}, 4, "The approver cannot be 'boss'.", id="unknown approver"),
        pytest.param({"approver": None}, 1, "The approver is missing.", id="no approver"),
        pytest.param({"note": "Ask first."}, 5, "The note has no languages.", id="note without a language"),
        pytest.param({"when": "always"}, 6, "The conditions 'always'", id="conditions as a word"),
        pytest.param({"when": "{weather: bad}"}, 6, "The condition 'weather' is not known.", id="unknown condition"),
        pytest.param({"when": "{fault: nobody}"}, 6, "fault cannot be 'nobody'.", id="unknown answer"),
        pytest.param({"when": "{wish: []}"}, 6, "wish cannot be 'nothing'.", id="no answer"),
        pytest.param({"when": "{in_stock: yes}"}, 6, "in_stock cannot be 'yes'.", id="yes is no true"),
        pytest.param({"when": "{in_stock: 1}"}, 6, "in_stock cannot be '1'.", id="nor is 1"),
        pytest.param({"when": "{country: HU}"}, 6, "country cannot be 'HU'.", id="country in capitals"),
        pytest.param({"when": "{case: on the way}"}, 6, "case cannot be 'on the way'.", id="case with spaces"),
        pytest.param({"when": "{days_late: 2}"}, 6, "days_late cannot be 2.", id="days without an end"),
        pytest.param({"when": "{days_late: {min: 2}}"}, 6, "days_late cannot be", id="ends called otherwise"),
        pytest.param({"when": "{days_late: {from: 2.5}}"}, 6, "no whole number", id="half a day"),
        pytest.param({"when": "{days_late: {from: -1}}"}, 6, "no whole number", id="negative day"),
        pytest.param({"when": "{days_late: {from: }}"}, 6, "no whole number", id="end without a number"),
        pytest.param({"when": "{days_late: {from: 3, to: 2}}"}, 6, "before it begins", id="days the wrong way round"),
        pytest.param({"when": "{goods_value: {to: 15}}"}, 6, "15 is no sum.", id="price without a currency"),
        pytest.param({"when": "{goods_value: {from: {EUR: 15}}}"}, 6, "goods_value cannot be", id="price with from"),
        pytest.param(
            {"when": "{goods_value: {over: {EUR: 15}, to: {EUR: 15}}}"}, 6, "before it begins", id="no price between"
        ),
        pytest.param({"limit": "8 EUR"}, 6, "'8 EUR' is no sum.", id="limit as text"),
        pytest.param({"limit": "{eur: 8}"}, 6, "eur: 8 is no sum.", id="currency in small letters"),
        pytest.param({"limit": "{EUR: true}"}, 6, "EUR: True is no sum.", id="sum as a flag"),
        pytest.param({"limit": "{EUR: 0}"}, 6, "EUR: 0 is no sum.", id="sum of nothing"),
        pytest.param({"valid_from": "soon"}, 6, "valid_from is 'soon'", id="no day"),
        pytest.param(
            {"valid_from": "2027-01-01", "valid_until": "2026-12-31"}, 7, "before it begins", id="days that never come"
        ),
    ],
)
def test_row_that_cannot_be_read_is_passed_over(
    tmp_path: Path, changed: dict[str, str | None], line: int, told: str
) -> None:
    """Half a row would promise too much: it is told on its line, with a way to mend it, and the others stay."""
    solutions, problems = read(tmp_path, f"{one(**changed)}\n{one(id='other')}")
    found = [problem for problem in problems if problem.code == "solution"]

    assert [each.id for each in solutions] == ["other"]
    assert [problem.line for problem in found] == [line]
    assert told in found[0].message
    assert "passed over" in found[0].hint
    assert {problem.severity for problem in problems} == {Severity.WARNING}


@pytest.mark.parametrize(
    ("changed", "line", "told"),
    [
        pytest.param({"problem": "returns/refund"}, 2, "no customers' article 'returns/refund'", id="unknown topic"),
        pytest.param({"note": None}, 1, "missing in: en", id="no note"),
        pytest.param({"note": "{en: Note., de: Notiz.}"}, 5, "'de' is no language", id="note in another language"),
        pytest.param({"note": "{en: '[[Ask whom?]]'}"}, 5, "still to be filled in", id="note to be filled in"),
        pytest.param({"aprover": "agent"}, 6, "The key 'aprover' is not known", id="unknown key"),
    ],
)
def test_smaller_mistake_is_told_and_the_row_kept(
    tmp_path: Path, changed: dict[str, str | None], line: int, told: str
) -> None:
    """What a reader can do without costs nothing but a warning."""
    solutions, problems = read(tmp_path, one(**changed))

    assert len(solutions) == 1
    assert [(problem.line, problem.severity) for problem in problems] == [(line, Severity.WARNING)]
    assert told in problems[0].message


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        pytest.param(["days_late: {to: 1}", "days_late: {from: 2}"], [], id="days side by side"),
        pytest.param(["wish: refund", "wish: [repair, replacement]"], [], id="wishes side by side"),
        pytest.param([""], [], id="one row for everything"),
        pytest.param(["case: lost", "case: late", "case: [found, stolen]"], [], id="cases of the store's own"),
        pytest.param(
            [
                "goods_value: {to: {HUF: 500, EUR: 15}}, in_stock: true",
                "goods_value: {over: {HUF: 500, EUR: 15}}, in_stock: true",
                "in_stock: false",
            ],
            [],
            id="prices side by side",
        ),
        pytest.param(
            ["days_late: {to: 2}", "days_late: {from: 2}"],
            ["2 solution-overlap: 'a' (line 1) and 'b' both apply to days_late: 2."],
            id="a day in two rows",
        ),
        pytest.param(["", ""], ["2 solution-overlap: 'a' (line 1) and 'b' both apply to every case."], id="the same"),
        pytest.param(
            ["wish: refund", "wish: [repair, replacement]", "days_late: {from: 30}"],
            ["3 solution-overlap: 'a' (line 1) and 'c' both apply to wish: refund, days_late: 30 and more."],
            id="rows that cross",
        ),
        pytest.param(
            ["goods_value: {to: {EUR: 15, HUF: 500}}", "goods_value: {over: {EUR: 14, HUF: 500}}"],
            ["2 solution-overlap: 'a' (line 1) and 'b' both apply to goods_value: over 14 to 15 EUR."],
            id="prices in two rows, in one currency",
        ),
        pytest.param(
            ["days_late: {to: 1}", "days_late: {from: 3, to: 9}"],
            ["1 solution-gap: 'returns/late' has no row for days_late: 2 or 10 and more."],
            id="days without a row",
        ),
        pytest.param(
            ["wish: refund, in_stock: true", "in_stock: false"],
            ["1 solution-gap: 'returns/late' has no row for wish: replacement or repair, in_stock: true."],
            id="wishes without a row",
        ),
        pytest.param(
            ["goods_value: {over: {EUR: 15}}"],
            ["1 solution-gap: 'returns/late' has no row for goods_value: to 15 EUR."],
            id="prices without a row",
        ),
        pytest.param(
            ["country: [hu, it], days_late: {to: 4}", "country: hu, days_late: {from: 5}"],
            ["1 solution-gap: 'returns/late' has no row for country: it, days_late: 5 and more."],
            id="a country without a row",
        ),
    ],
)
def test_rows_of_a_problem_share_its_cases_out(tmp_path: Path, conditions: list[str], told: list[str]) -> None:
    """Two rows for one case, and a case without any, are told in the words of the file."""
    solutions, problems = read(tmp_path, rows(*conditions))

    assert len(solutions) == len(conditions)
    assert [f"{problem.line} {problem.code}: {problem.message}" for problem in problems] == told
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param({"valid_until": "2026-12-31"}, {"valid_from": "2027-01-01"}, [], id="a rule and the next"),
        pytest.param({"valid_from": "2026-12-31"}, {"valid_until": "2026-12-30"}, [], id="the other way round"),
        pytest.param(
            {"valid_until": "2026-12-31"},
            {"valid_from": "2026-12-31"},
            ["'late' (line 1) and 'b' both apply to days: from 2026-12-31 until 2026-12-31."],
            id="a day in both",
        ),
        pytest.param(
            {"valid_until": "2026-12-31"},
            {"valid_from": "2027-01-02"},
            ["'returns/late' has no row for days: from 2027-01-01 until 2027-01-01."],
            id="a day between",
        ),
        pytest.param(
            {"valid_from": "2026-01-01", "valid_until": "2026-12-31"},
            {"valid_from": "2027-01-01"},
            [],
            id="days before the first rule",
        ),
    ],
)
def test_days_of_rows_count_as_a_condition(
    tmp_path: Path, first: dict[str, str | None], second: dict[str, str | None], told: list[str]
) -> None:
    """A rule ends and the next one begins: together they leave no day out."""
    _, problems = read(tmp_path, f"{one(**first)}\n{one(**{**second, 'id': 'b'})}")

    assert [problem.message for problem in problems] == told


def test_gap_is_not_told_where_a_row_could_not_be_read(tmp_path: Path) -> None:
    """It may be that very row which is missing, and one mistake is told once."""
    _, problems = read(tmp_path, rows("days_late: {to: 1}", "days_late: {from: two}"))

    assert [problem.code for problem in problems] == ["solution"]


def test_country_of_another_problem_is_one_too(tmp_path: Path) -> None:
    """Where the store sells at all, every problem that tells countries apart has an answer."""
    text = f"{rows('country: hu')}\n{one(problem=TOPIC + '-2', when='{country: [hu, ru]}')}"
    _, problems = read(tmp_path, text)

    assert "'returns/late' has no row for country: ru." in [problem.message for problem in problems]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        pytest.param({"limit": "{EUR: 8}"}, ["'late' names no sum in: HUF."], id="limit"),
        pytest.param({"limit": "{EUR: 8}", "when": "{country: it}"}, [], id="limit where only one is paid in"),
        pytest.param({}, [], id="no limit at all"),
        pytest.param({"when": "{goods_value: {to: {EUR: 8}}}"}, ["'late' names no sum in: HUF."], id="price"),
    ],
)
def test_sum_that_is_missing_in_a_currency_is_told(
    tmp_path: Path, changed: dict[str, str | None], told: list[str]
) -> None:
    """Without it, there would be no limit for customers who pay in that currency."""
    other = one(id="other", problem=f"{TOPIC}-2", limit="{HUF: 3000, EUR: 8}")
    _, problems = read(tmp_path, f"{one(**changed)}\n{other}")

    assert [problem.message for problem in problems if "names no sum" in problem.message] == told


def test_second_row_of_an_id_is_passed_over(tmp_path: Path) -> None:
    """An id names one row."""
    solutions, problems = read(tmp_path, f"{one()}\n{one(offer='repair')}")

    assert [each.offer for each in solutions] == [Offer.REFUND]
    assert [(problem.line, problem.code) for problem in problems] == [(6, "solution")]


def test_rows_without_end_are_cut_off(tmp_path: Path) -> None:
    """A file that grew by mistake is told, and read so far."""
    solutions, problems = read(
        tmp_path, "\n".join(one(id=f"r{n}", problem=f"returns/t{n}") for n in range(MAX_ROWS + 2))
    )
    told = [problem for problem in problems if problem.message == f"There are {MAX_ROWS + 2} rows."]

    assert len(solutions) == MAX_ROWS
    assert [problem.line for problem in told] == [MAX_ROWS * 5 + 1]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"\xff\xfe", id="UTF-16"),
        pytest.param("rows: []", id="no list"),
        pytest.param("- [", id="no YAML"),
        pytest.param("- &a x\n- *a", id="anchor"),
        pytest.param("- one\n- 2\n- null\n- [refund]", id="rows that are none"),
        pytest.param("- {id: a}\n- {1: 2}", id="rows without anything"),
        pytest.param("- " + "x" * 300_000, id="too long"),
        pytest.param(rows("", ""), id="rows that overlap"),
    ],
)
def test_nothing_in_the_file_stops_a_publish(tmp_path: Path, text: str | bytes) -> None:
    """Agents would do without a row of this table rather than customers without the articles."""
    found = store(tmp_path, text)

    assert errors(check(found)) == []
    assert {problem.code for problem in check(found)} <= {"solution", "solution-overlap", "solution-gap"}
    assert check(found)


@pytest.mark.parametrize("text", [pytest.param("", id="empty"), pytest.param("# Later\n", id="only a comment")])
def test_file_without_rows_is_no_fault(tmp_path: Path, text: str) -> None:
    """Who has no table yet is left in peace."""
    assert check(store(tmp_path, text)) == []


def test_file_behind_a_link_is_not_read(tmp_path: Path) -> None:
    """A link could lead out of the folder."""
    outside = tmp_path / "outside.yaml"
    outside.write_text(one())
    (tmp_path / "solutions.yaml").symlink_to(outside)
    solutions, problems = read_solutions(tmp_path / "solutions.yaml", "solutions.yaml", ("en",), {TOPIC})

    assert solutions == ()
    assert [problem.severity for problem in problems] == [Severity.WARNING]


def test_library_holds_the_rows(tmp_path: Path) -> None:
    """They are read with the articles, and `kb check` tells of them with everything else."""
    found = store(tmp_path, one())

    assert [each.id for each in found.solutions] == ["late"]
    assert check(found) == []


def test_row_about_an_agents_article_is_told(tmp_path: Path) -> None:
    """A problem is one that customers have."""
    files: dict[str, str | bytes] = {"phrases/en.yaml": PHRASES, "solutions.yaml": one()}
    agents = page("Text.", FRONT.replace("customer", "agent"))
    found = check(library(tmp_path, {**files, "en/returns/late.md": agents}))

    assert [(Path(problem.path).name, problem.line) for problem in found] == [("solutions.yaml", 2)]
