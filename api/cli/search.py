"""`kb search QUERY`: what a customer would see."""

from __future__ import annotations

import re
import uuid
from html import unescape

import click
import msgspec

from api.cli.opened import with_knowledge
from api.v1.schemas import SearchOut, search_out
from kb.errors import UnknownLanguage
from kb.knowledge_base import KnowledgeBase
from kb.language import known_languages
from kb.query import Question
from kb.settings import Settings


@click.command()
@click.argument("query")
@click.option("--lang", help="The reader's language; missing: the store's default.")
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 50))
@click.option("--json", "as_json", is_flag=True, help="Print what /api/v1/search would send.")
@click.pass_obj
def search(settings: Settings, query: str, lang: str | None, limit: int, as_json: bool) -> None:
    """Ask a question as a customer would."""

    async def work(knowledge: KnowledgeBase) -> SearchOut:
        store = knowledge.live().store
        asked = lang or store.default_language
        if asked not in {*store.languages, *known_languages()}:
            raise UnknownLanguage(
                f"The language {asked!r} is not known.", f"Known are: {', '.join(known_languages())}."
            )
        return search_out(await knowledge.search.find(Question.parse(query, asked), limit=limit), uuid.uuid4().hex)

    found = with_knowledge(settings, "search", work)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=1).decode())
    else:
        click.echo("\n".join(_lines(found)))


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
