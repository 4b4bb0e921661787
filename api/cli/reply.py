"""`kb reply [FILE]`: what an agent would get for a customer's message."""

from __future__ import annotations

from typing import TextIO

import click
import msgspec

from api.agent.replies import ReplyOut, reply_out
from api.cli.opened import with_knowledge
from kb.knowledge_base import KnowledgeBase
from kb.settings import Settings


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), default="-")
@click.option("--lang", help="The customer's language; missing: it is detected.")
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="For instance customer.name=Anna.")
@click.option("--json", "as_json", is_flag=True, help="Print what /api/v1/agent/replies would send.")
@click.pass_obj
def reply(settings: Settings, file: TextIO, lang: str | None, variables: tuple[str, ...], as_json: bool) -> None:
    """Suggest a reply to the message in FILE, or on standard input."""
    message = file.read()
    values = dict(_pair(each) for each in variables)

    async def work(knowledge: KnowledgeBase) -> ReplyOut:
        return reply_out(await knowledge.replies.suggest(message, lang, values), None)

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


def _lines(found: ReplyOut) -> list[str]:
    told = [f"Language {found.lang}, situation {found.situation}, {found.mode}"]
    for number, question in enumerate(found.questions, 1):
        told += ["", f"Question {number} ({question.outcome}): {question.text}"]
        told += [f"  {s.confidence:4.0%}  {s.article_id}  {s.sources[0].title}" for s in question.suggestions]
        told += [f"  note: {note}" for s in question.suggestions[:1] for note in s.internal_notes]
    if not found.draft.text:
        return [*told, "", "No draft: no question has an answer that can be sent."]
    state = "ready to send" if found.draft.sendable else "not to be sent as it is"
    if found.draft.unfilled:
        state += f"; fill in: {', '.join(found.draft.unfilled)}"
    return [*told, "", f"─── draft, {state} ───", found.draft.text]
