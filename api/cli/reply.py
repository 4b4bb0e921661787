"""`kb reply [FILE]`: what an agent would get for a customer's message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

import click
import msgspec

from api.agent.reply_shapes import QuestionOut, ReplyOut, SolutionOut, reply_out
from api.cli.opened import with_knowledge
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option("--lang", help="The customer's language; missing: it is detected.")
@click.option("--agent-lang", help="The language that notes and articles are shown to you in.")
@click.option("--tone", help="neutral, apology or thanks; missing: by the situation.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="For instance customer.name=Anna.")
@click.option("--json", "as_json", is_flag=True, help="Print what /api/v1/agent/replies would send.")
@click.pass_obj
def reply(
    settings: Settings,
    file: TextIO,
    lang: str | None,
    agent_lang: str | None,
    tone: str | None,
    variables: tuple[str, ...],
    as_json: bool,
) -> None:
    """Suggest a reply to the message in FILE, or on standard input."""
    message = file.read()
    values = dict(_pair(each) for each in variables)

    async def work(knowledge: KnowledgeBase) -> ReplyOut:
        result = await knowledge.replies.suggest(message, lang, values, agent_lang=agent_lang, tone=tone)
        return reply_out(result, agent_lang)

    found = with_knowledge(settings, "reply", work)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    else:
        click.echo("\n".join(_lines(found)))


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark:
        raise click.BadParameter(f"{text!r} is no NAME=VALUE.", param_hint="--var")
    return name.strip(), value


def _lines(found: ReplyOut) -> Iterator[str]:
    yield f"Language {found.lang}, situation {found.situation}, tone {found.tone}, {found.mode}"
    if found.entities:
        yield "Named: " + ", ".join(f"{each.kind} {each.text}" for each in found.entities)
    for number, question in enumerate(found.questions, 1):
        yield from _question(number, question)
    if found.questions_left_out:
        yield f"\n{found.questions_left_out} more questions were not read."
    if found.handoff:
        yield "\nWho can help: " + ", ".join(f"{each.channel} {each.value}" for each in found.handoff.contacts)
    yield ""
    if found.draft.text:
        yield f"─── draft, {_state(found)} ───"
        yield found.draft.text
    else:
        yield "No draft: no question has an answer that can be sent."


def _question(number: int, question: QuestionOut) -> Iterator[str]:
    yield f"\nQuestion {number} ({question.outcome}): {question.text}"
    for each in question.suggestions:
        missing = "  (not in the customer's language)" if each.missing_translation else ""
        yield f"  {each.confidence:4.0%}  {each.article_id}  {each.title}{missing}"
    for first in question.suggestions[:1]:
        if first.agent_reading:
            yield f"  read: {first.agent_reading.title} {first.agent_reading.description}"
        yield from (f"  note: {note}" for note in first.internal_notes)
        if question.outcome == "answer":
            yield from (f"  offer: {_offer(row)}" for row in first.solutions)


def _offer(row: SolutionOut) -> str:
    limit = ", ".join(f"{amount:g} {currency}" for currency, amount in row.limit.items())
    upto = f" up to {limit}" if limit else ""
    conditions = f", when {msgspec.json.encode(row.when).decode()}" if row.when else ""
    return f"{row.offer}{upto} ({row.approver}){conditions}: {row.note}"


def _state(found: ReplyOut) -> str:
    state = "not to be sent as it is"
    if found.draft.sendable:
        state = (
            "ready to send, once somebody has compared what is less sure" if found.draft.to_check else "ready to send"
        )
    return f"{state}; fill in: {', '.join(found.draft.unfilled)}" if found.draft.unfilled else state
