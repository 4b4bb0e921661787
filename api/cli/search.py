"""`kb search QUERY`: what a customer would see, and with `--explain` why."""

from __future__ import annotations

import re
import uuid
from html import unescape

import click
import msgspec

from api.cli.explanation import explanation_lines
from api.cli.opened import with_knowledge
from api.v1.schemas import SearchOut, search_out
from kb.errors import UnknownLanguage
from kb.explain import Explanation, explain
from kb.knowledge_base import KnowledgeBase
from kb.language import known_languages
from kb.query import Question
from kb.settings import Settings


@click.command()
@click.argument("query")
@click.option("--lang", help="The reader's language; missing: the store's default.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--json", "as_json", is_flag=True, help="Print what /api/v1/search would send.")
@click.option("--explain", "why", is_flag=True, help="Tell what each signal added to the score, and to the confidence.")
@click.pass_obj
def search(settings: Settings, query: str, lang: str | None, limit: int, as_json: bool, why: bool) -> None:
    """Ask a question as a customer would."""

    async def work(knowledge: KnowledgeBase) -> tuple[SearchOut, Explanation]:
        store = knowledge.live().store
        asked = lang or store.default_language
        if asked not in {*store.languages, *known_languages()}:
            raise UnknownLanguage(
                f"The language {asked!r} is not known.", f"Known are: {', '.join(known_languages())}."
            )
        question = Question.parse(query, asked)
        found = search_out(await knowledge.search.find(question, limit=limit), uuid.uuid4().hex)
        return found, explain(await knowledge.search.weigh(question), limit)

    found, explained = with_knowledge(settings, "search", work)
    if as_json:
        shown = msgspec.to_builtins(found) | ({"explanation": msgspec.to_builtins(explained)} if why else {})
        click.echo(msgspec.json.format(msgspec.json.encode(shown), indent=1).decode())
    else:
        click.echo("\n".join([*_lines(found), *(["", *explanation_lines(explained)] if why else [])]))


def _lines(found: SearchOut) -> list[str]:
    chance = f"{found.confidence:.0%}" if found.confidence is not None else "–"
    told = [f"{found.outcome} ({chance} sure), {found.mode}, {found.took_ms:.0f} ms"]
    if found.answer:
        told += [f"  {found.answer.text}", f"  {found.answer.url}"]
    if found.handoff:
        told += [f"  {contact.channel}: {contact.value}" for contact in found.handoff.contacts]
    for place, hit in enumerate(found.hits, 1):
        told += [
            f"{place:2}. {hit.title}  [{hit.article_id}, {hit.score:.2f}]",
            f"    {unescape(re.sub('</?mark>', '', hit.snippet))}",
        ]
    return told
