"""
How well messages are read and answered, by language: `python -m tests.benchmarks.replies [--half test] [--data DIR]`.

Asks the service's own `Replies` the labelled messages of tests/cases/messages, over the sample store in a real engine.
Prints the figures, sentences of drafts that nobody approved, and what a message of two questions takes beside two plain
searches. `--wrong` lists what went wrong: of what is to develop on, `tune` and `further`, only. The first run into an
empty `--data` embeds the sample store, which takes minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.publish import publish
from kb.embedding.models import embedder_for
from kb.engine.ownership import open_engine
from kb.knowledge_base import KnowledgeBase
from kb.query import Question
from kb.settings import Settings
from tests.benchmarks.approved import invented, leaked
from tests.benchmarks.messages import HALVES, LabelledMessage, Verdict, figures, judge, read_messages
from tests.service import PATIENT_MS, SAMPLE

ROUNDS = 60
# 150 words, two questions; {n} makes each copy one that no cache knows.
LONG = """\
Good morning,

my name is Anna, and two weeks ago I ordered a pair of wireless headphones number {n} from you for my sister's birthday.
They came on time and the box was in perfect condition, but after a few days she told me that they press on her ears and
that the sound is not at all what she had expected from reading the reviews. The box, the manual and all the cables are
still there, and there are hardly any traces of use on them. On Saturday I handed the parcel in at the pickup point with
your label, and on Monday the tracking said that it had arrived at your warehouse. When will the money for headphones
{n} be back on my card? I would also like to order another pair straight away, but I would rather not pay by card again.
Can I pay the courier for order {n} in cash?

Kind regards,
Anna
"""
PLAIN = ("When will the money for headphones {n} be back on my card?", "Can I pay the courier for order {n} in cash?")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--half", choices=HALVES, default="tune")
    options.add_argument("--data", type=Path, default=Path("data/benchmarks/replies"))
    options.add_argument("--wrong", action="store_true")
    options.add_argument("--no-speed", action="store_true")
    chosen = options.parse_args()
    settings = Settings(
        articles=SAMPLE, data=chosen.data, embedding_deadline_ms=PATIENT_MS, engine_deadline_ms=PATIENT_MS
    )
    embedder = embedder_for()
    with open_engine(settings, "benchmark") as access:
        publish(settings, access, embedder)
        knowledge = KnowledgeBase.open(settings, access, embedder)
        knowledge.warm_up()
        asyncio.run(_measure(knowledge, chosen.half, wrong=chosen.wrong, speed=not chosen.no_speed))


async def _measure(knowledge: KnowledgeBase, half: str, *, wrong: bool, speed: bool) -> None:
    verdicts = [await _ask(knowledge, message) for message in read_messages(half)]
    _print_figures(verdicts)
    _print_texts(knowledge, verdicts)
    if speed:
        await _print_speed(knowledge)
    if wrong and half != "test":
        _print_wrong(verdicts)
    await knowledge.close()


async def _ask(knowledge: KnowledgeBase, message: LabelledMessage) -> Verdict:
    return judge(message, await knowledge.replies.suggest(message.text, None, {}))


def _print_figures(verdicts: Sequence[Verdict]) -> None:
    langs = sorted({each.message.lang for each in verdicts})
    by_lang = {lang: figures([each for each in verdicts if each.message.lang == lang]) for lang in langs}
    columns = [*by_lang.values(), figures(verdicts)]
    print(f"| | {' | '.join(langs)} | all |\n|---|{'---|' * len(columns)}")
    for name in columns[0]:
        print(f"| {name} | {' | '.join(f'{column[name]:.2f}' for column in columns)} |")


def _print_texts(knowledge: KnowledgeBase, verdicts: Sequence[Verdict]) -> None:
    drafts = [each for each in verdicts if each.reply.draft.text]
    made_up = [sentence for each in drafts for sentence in invented(knowledge, each.reply)]
    internal = [line for each in drafts for line in leaked(knowledge, each.reply)]
    print(f"\n{len(drafts)} drafts; sentences that nobody approved: {len(made_up)}; internal ones: {len(internal)}")
    for text in [*made_up, *internal]:
        print(f"  {text}")


async def _print_speed(knowledge: KnowledgeBase) -> None:
    replies, searches = [], []
    for number in range(ROUNDS):
        start = time.perf_counter()
        reply = await knowledge.replies.suggest(LONG.format(n=1000 + number), None, {})
        between = time.perf_counter()
        for plain in PLAIN:
            await knowledge.agent_search.find(Question.parse(plain.format(n=5000 + number), "en"))
        replies.append((between - start) * 1000)
        searches.append((time.perf_counter() - between) * 1000)
        if len(reply.questions) != len(PLAIN):
            raise SystemExit(f"the long message has {len(reply.questions)} questions")
    print("\n| | median, ms | p95, ms |\n|---|---|---|")
    for name, took in (("message of 150 words, two questions", replies), ("two plain searches", searches)):
        print(f"| {name} | {statistics.median(took):.1f} | {sorted(took)[int(len(took) * 0.95)]:.1f} |")


def _print_wrong(verdicts: Sequence[Verdict]) -> None:
    for each in verdicts:
        labelled, reply = each.message, each.reply
        read = {entity.kind.value: entity.text for entity in reply.entities}
        is_met_right = labelled.situation in (None, reply.situation)
        told = [] if is_met_right else [f"situation {reply.situation}, not {labelled.situation}"]
        told += [f"lang {reply.lang}"] * (reply.lang != labelled.lang)
        told += [f"order {read.get('order_number')}"] * (labelled.order not in (None, read.get("order_number", "")))
        told += [f"name {read.get('name')}"] * (labelled.name not in (None, read.get("name", "")))
        if told or not each.is_wholly_right:
            print(f"\n--- {labelled.lang}: {' '.join(labelled.text.split())[:300]}\n{told}")
            for ask in labelled.asks:
                print(f"    wanted {ask.excerpts} {ask.topics}")
            for group in reply.questions:
                first = [f"{s.article_id} {s.confidence:.2f}" for s in group.suggestions[:3]]
                print(f"    got    {group.outcome} {group.text!r} {first}")


if __name__ == "__main__":
    main()
