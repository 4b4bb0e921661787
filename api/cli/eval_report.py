"""What `kb eval` found, for people and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from indexer.calibration_file import NAME
from indexer.last_run import Run
from kb.answers import Outcome
from kb.article import Calibration
from kb.evaluation import DEPTH, Figures, Outcomes, Shortfall, figures, shortfalls
from kb.golden import Asked, Change, Changed
from kb.search import Mode

ALL = "all"
TOLD = {Outcome.ANSWER: "answered", Outcome.CLARIFY: "asked back", Outcome.HANDOFF: "handed off"}
_HEAD = (
    "                                               answerable              unanswerable           right",
    "       questions    R@1    R@3    MRR   nDCG   answered asked handed   answered asked handed  answers    ECE",
)


@dataclass(frozen=True)
class Report:
    """The golden questions, asked."""

    edition: str
    asked: Sequence[Asked]
    before: Run | None
    """The last time."""
    changed: Sequence[Changed]
    quality: dict[str, float]
    """What store.yaml demands."""

    @cached_property
    def figures(self) -> dict[str, Figures]:
        """By language, in the order of the questions, then of all."""
        langs = dict.fromkeys(each.golden.lang for each in self.asked)
        by_lang = {lang: figures([e.judged for e in self.asked if e.golden.lang == lang]) for lang in langs}
        return {**by_lang, ALL: figures([each.judged for each in self.asked])}

    @cached_property
    def shortfalls(self) -> list[Shortfall]:
        return shortfalls(self.figures[ALL], self.quality)

    @property
    def not_first(self) -> list[Asked]:
        return [each for each in self.asked if each.golden.topic and not each.judged.is_first_right]

    @property
    def wrongly_refused(self) -> list[Asked]:
        return [each for each in self.asked if each.golden.topic and each.outcome is Outcome.HANDOFF]

    @property
    def not_refused(self) -> list[Asked]:
        """Those that nothing answers, the answered before those asked back."""
        found = [each for each in self.asked if not each.golden.topic and each.outcome is not Outcome.HANDOFF]
        return sorted(found, key=lambda each: each.outcome is not Outcome.ANSWER)


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What was learned, and what it does to the questions that it was not learned from."""

    calibration: Calibration
    before: Figures
    after: Figures
    articles: Path

    @property
    def is_better(self) -> bool:
        return (self.after.calibration_error or 0) < (self.before.calibration_error or 0)


def report_lines(report: Report) -> Iterator[str]:
    yield from _HEAD
    for name, found in report.figures.items():
        yield _row(name, found)
    yield from _modes(report.asked)
    yield from _listed("The right topic is not first", [_not_first(each) for each in report.not_first])
    yield from _listed("Handed off, although there is an answer", [_refused(each) for each in report.wrongly_refused])
    yield from _listed("Not handed off, although nothing answers it", [_kept(each) for each in report.not_refused])
    yield from _changes(report)
    yield from _listed("Worse than store.yaml demands", [str(each) for each in report.shortfalls])


def report_as_dict(report: Report) -> dict[str, Any]:
    return {
        "edition": report.edition,
        "modes": _count_modes(report.asked),
        "figures": {name: asdict(found) for name, found in report.figures.items()},
        "not_first": [_as_dict(each) for each in report.not_first],
        "wrongly_refused": [_as_dict(each) for each in report.wrongly_refused],
        "not_refused": [_as_dict(each) for each in report.not_refused],
        "compared_with": report.before and {"edition": report.before.edition, "at": report.before.at},
        "changed": [
            {"change": each.change, "before": _as_dict(each.before), "now": _as_dict(each.now)}
            for each in report.changed
        ],
        "shortfalls": [asdict(each) for each in report.shortfalls],
    }


def calibrated_lines(done: Calibrated) -> Iterator[str]:
    learned = done.calibration
    yield f"Learned from {learned.questions} questions."
    yield f"On the {done.before.questions} others:"
    yield from _HEAD
    yield _row("before", done.before)
    yield _row("after", done.after)
    if not done.is_better:
        yield "It is no better there: leave it out unless you know why."
    yield f"Written to {done.articles / NAME}; it holds from the next publish. Commit it."


def calibrated_as_dict(done: Calibrated) -> dict[str, Any]:
    return {
        "calibration": asdict(done.calibration),
        "before": asdict(done.before),
        "after": asdict(done.after),
        "better": done.is_better,
        "file": str(done.articles / NAME),
    }


def _row(name: str, found: Figures) -> str:
    shares = "".join(_share(each, 7, 3) for each in (found.first, found.among_three, found.mrr, found.ndcg))
    kinds = _outcomes(found.answerable) + _outcomes(found.unanswerable)
    return f"{name:6} {found.questions:9}{shares}{kinds}{_share(found.right_answers, 9)}" + _share(
        found.calibration_error, 7, 3
    )


def _outcomes(found: Outcomes) -> str:
    return _share(found.answered, 11) + _share(found.asked_back, 6) + _share(found.handed_off, 7)


def _share(value: float | None, width: int, digits: int = 2) -> str:
    return f"{'–' if value is None else format(value, f'.{digits}f')}".rjust(width)


def _modes(asked: Sequence[Asked]) -> Iterator[str]:
    worse = [f"{count} in mode {mode}" for mode, count in _count_modes(asked).items() if mode != Mode.HYBRID]
    if worse:
        yield f"Not comparable with other runs: {' and '.join(worse)}, of {len(asked)}."


def _count_modes(asked: Sequence[Asked]) -> dict[str, int]:
    return dict(Counter(str(each.mode) for each in asked))


def _listed(what: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield from ("", f"{what} ({len(lines)}):", *(f"  {line}" for line in lines))


def _asked_for(each: Asked) -> str:
    return f"{each.golden.lang}  {each.golden.text}"


def _first(each: Asked) -> str:
    return each.found[0] if each.found else "nothing"


def _not_first(each: Asked) -> str:
    return f"{_asked_for(each)} → {_first(each)}; {each.golden.topic} {_place(each)}"


def _refused(each: Asked) -> str:
    return f"{_asked_for(each)} → {each.golden.topic} {_place(each)}, {each.confidence:.0%} sure"


def _kept(each: Asked) -> str:
    return f"{_asked_for(each)} → {TOLD[each.outcome]}: {_first(each)}, {each.confidence:.0%} sure"


def _place(each: Asked) -> str:
    return f"is number {each.place}" if each.place else f"is not among {DEPTH}"


def _changes(report: Report) -> Iterator[str]:
    if report.before is None:
        return
    counts = Counter(each.change for each in report.changed)
    told = ", ".join(f"{counts[change]} {change}" for change in reversed(Change) if counts[change])
    yield from ("", f"Since {report.before.at} (edition {report.before.edition}): {told or 'nothing has changed'}.")
    for each in report.changed:
        yield f"  {each.change}: {_asked_for(each.now)} → {_moved(each)}"


def _moved(each: Changed) -> str:
    now, topic = each.now, each.now.golden.topic
    if topic is None:
        return TOLD[now.outcome]
    places = [str(asked.place or "–") for asked in (each.before, now)]
    was, is_now = TOLD[each.before.outcome], TOLD[now.outcome]
    outcome = is_now if was == is_now else f"{was}, now {is_now}"
    return f"{topic}, place {' → '.join(dict.fromkeys(places))}, {outcome}"


def _as_dict(each: Asked) -> dict[str, Any]:
    return {
        "lang": each.golden.lang,
        "question": each.golden.text,
        "topic": each.golden.topic,
        "place": each.place,
        "first": each.found[0] if each.found else None,
        "outcome": each.outcome,
        "confidence": round(each.confidence, 4),
    }
