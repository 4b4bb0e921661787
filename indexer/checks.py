"""
What an editor must hear about the articles together: links, anchors, translations, variables, tones of replies. All
warnings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from indexer.library import Library
from indexer.markdown import Draft
from indexer.problems import Problem, fill_in, warning
from kb.article import Audience
from kb.replies import TONES
from kb.variables import blanks, unknown_variables


def check(library: Library) -> list[Problem]:
    """Return every problem of a library, errors and warnings, by path and line."""
    found = library.all_problems()
    if library.store:
        by_id = {draft.id: draft for draft in library.drafts}
        for draft in library.drafts:
            found += _links(draft, by_id)
            found += _completeness(draft)
            found += _source(draft, by_id, library.store.languages)
            found += _variables(draft)
            found += _blanks(draft)
            found += _tones(draft)
        found += _translations(library, library.store.languages)
        found += _categories(library)
        found += _address(library)
    return sorted(set(found))


def _address(library: Library) -> Iterator[Problem]:
    path = f"{library.root}/store.yaml"
    is_to_be_filled_in = any(each.path == path and each.code == "fill-in" for each in library.problems)
    if library.store and not library.store.url and not is_to_be_filled_in:
        hint = "Write `url: https://help.example.org`, or set KB_PUBLIC_URL where it is served."
        message = "The store has no address: links in replies and what search engines read need one."
        yield warning(path, 1, "no-url", message, hint)


def _links(draft: Draft, by_id: dict[str, Draft]) -> Iterator[Problem]:
    for link in draft.links:
        target = by_id.get(link.article_id)
        if target is None:
            hint = "Mend the link, or write the article; readers see its text without a link."
            yield warning(draft.path, link.line, "broken-link", f"There is no article {link.article_id!r}.", hint)
        elif link.anchor and link.anchor not in target.anchors:
            anchors = ", ".join(sorted(target.anchors)) or "none"
            message = f"{link.article_id!r} has no section {link.anchor!r}."
            yield warning(draft.path, link.line, "broken-anchor", message, f"It has: {anchors}.")
        elif draft.front.audience is Audience.CUSTOMER and target.front.audience is Audience.AGENT:
            hint = "Put it into an :::agent block; readers see its text without a link."
            yield warning(draft.path, link.line, "internal-link", f"{link.article_id!r} is for agents only.", hint)


def _completeness(draft: Draft) -> Iterator[Problem]:
    front = draft.front
    if front.title and not front.description:
        hint = "Add one sentence with the short answer: search engines and hit lists show it."
        yield warning(draft.path, 1, "no-description", "The article has no description.", hint)
    if front.audience is Audience.CUSTOMER and front.title and not front.questions:
        hint = "Add `questions:` with other ways in which customers ask."
        yield warning(draft.path, 1, "no-questions", "The article has no other questions.", hint)
    if front.title and not draft.body.strip():
        yield warning(draft.path, draft.body_line + 1, "empty", "The article has no text.", "Write the answer.")


def _source(draft: Draft, by_id: dict[str, Draft], languages: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with the article that this one says it was translated from."""
    lang = draft.front.translated_from.get("lang")
    if not lang:
        return
    line, topic = draft.line_of("translated_from"), draft.id.split("/", 1)[1]
    if lang not in languages:
        message = f"{lang!r} is no language of this store."
        yield warning(draft.path, line, "translated-from", message, f"Name one of {', '.join(languages)}.")
    elif f"{lang}/{topic}" not in by_id or by_id[f"{lang}/{topic}"] is draft:
        others = [each for each in languages if f"{each}/{topic}" in by_id and by_id[f"{each}/{topic}"] is not draft]
        hint = f"Name one of {', '.join(others)}, or delete the line." if others else "Delete the line."
        message = f"This cannot have been translated from {lang!r}: there is no other article {lang}/{topic}."
        yield warning(draft.path, line, "translated-from", message, hint)


def _variables(draft: Draft) -> Iterator[Problem]:
    for container in draft.internal:
        for name in unknown_variables("\n".join(container.lines)):
            hint = "It stays visible and keeps the reply from being sent; see docs/articles.md."
            line = draft.body_line + container.line
            yield warning(draft.path, line, "variable", f"The variable {name!r} is not known.", hint)


def _blanks(draft: Draft) -> Iterator[Problem]:
    front = draft.front
    inside = [line for container in draft.internal for line in container.lines]
    searched = [*front.questions, *front.phrasings, *front.keywords]
    found = blanks("\n".join([front.title, front.description, *searched, draft.body, *inside]))
    if found:
        yield fill_in(draft.path, 1, found)


def _tones(draft: Draft) -> Iterator[Problem]:
    """Replies that are never chosen: the first is for every message, one with a tone for messages that call for it."""
    known = sorted(set(TONES.values()))
    replies = [container for container in draft.internal if container.name == "reply"]
    tones = [reply.attributes.get("tone", "") for reply in replies]
    for place, (reply, tone) in enumerate(zip(replies, tones, strict=True)):
        line = draft.body_line + reply.line
        if tone and tone not in known:
            hint = f"Known are: {', '.join(known)}."
            yield warning(draft.path, line, "tone", f"The tone {tone!r} is not known.", hint)
        elif place and (not tone or tone in tones[:place]):
            what = f"The tone {tone!r} is that of an earlier reply" if tone else "There is a reply before it"
            hint = f"Give it another tone ({', '.join(known)}), or delete it."
            yield warning(draft.path, line, "tone", f"{what}, so this one is never suggested.", hint)


def _translations(library: Library, languages: tuple[str, ...]) -> Iterator[Problem]:
    topics: dict[str, dict[str, Draft]] = defaultdict(dict)
    for draft in library.drafts:
        lang, topic = draft.id.split("/", 1)
        topics[topic][lang] = draft
    for topic, by_lang in topics.items():
        first = next(iter(by_lang.values()))
        missing = [lang for lang in languages if lang not in by_lang]
        if missing:
            message = f"{topic!r} is missing in: {', '.join(missing)}."
            yield warning(
                first.path, 1, "no-translation", message, "Readers of these languages get another language's article."
            )
        for draft in by_lang.values():
            yield from _stale(draft, by_lang)


def _stale(draft: Draft, by_lang: dict[str, Draft]) -> Iterator[Problem]:
    made_from = draft.front.translated_from
    source = by_lang.get(made_from.get("lang", ""))
    if source and source is not draft and source.public_hash != made_from["hash"]:
        line = draft.line_of("translated_from")
        message = f"The article in {made_from['lang']!r} has changed since this was translated."
        yield warning(
            draft.path, line, "stale-translation", message, f"Look it through, then write hash: {source.public_hash}."
        )


def _categories(library: Library) -> Iterator[Problem]:
    if not library.store:
        return
    known = {category.slug for category in library.store.categories}
    for category in sorted({draft.id.split("/")[1] for draft in library.drafts} - known):
        path = next(draft.path for draft in library.drafts if draft.id.split("/")[1] == category)
        hint = "Add it to `categories:` in store.yaml, with titles and contacts."
        yield warning(path, 1, "category", f"The category {category!r} is not in store.yaml.", hint)
