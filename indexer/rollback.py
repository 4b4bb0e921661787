"""
Going back: an older edition's texts are published again, as an edition of their own.

What has become internal since, or was deleted, does not come back to life by it: the articles that are no longer there
for the same people are left out, unless it is forced. The vectors are known, so nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from indexer import outcome
from indexer.content import Content, edition_of, edition_of_words
from indexer.plan import content_digest
from indexer.progress import Progress, Silent
from indexer.publish import go_live, one_at_a_time
from kb.article import Article, Image, Store
from kb.edition import Edition, EditionShelf, Texts
from kb.engine.access import EngineAccess
from kb.errors import EditionMissing
from kb.settings import Settings


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What going back did."""

    edition: str
    """The new edition that answers now."""
    source: str
    """The older one it was made of."""
    left_out: tuple[str, ...]
    """Ids of articles that have become internal or were deleted since."""


def rollback(
    settings: Settings,
    access: EngineAccess | None,
    wanted: str | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> RolledBack:
    """
    Publish the texts of an older edition: `wanted`, the beginning of its id, or the one before the live one.

    What was live is withdrawn: a service that follows the files does not publish the same content again by itself.
    `force` brings back also what was deleted or became internal. Raises EditionMissing, EditionDamaged,
    EngineUnavailable, EngineRefused; in each case nothing has changed.
    """
    progress = progress or Silent()
    with one_at_a_time(settings, progress):
        shelf = EditionShelf(settings.data)
        live = shelf.load_live()
        old = shelf.load(_chosen(shelf, live.id, wanted))
        content, left_out = _still_allowed(old, live) if not force else (_content(old), ())
        model = old.public.model
        edition = edition_of(content, shelf.known_vectors(model), model) if model else edition_of_words(content)
        go_live(access, shelf, edition, progress)
        if edition.id != live.id:
            shelf.withdraw(content_digest(live.public.texts, live.internal.texts))
        outcome.write_success(settings.data, edition.id, ())
    return RolledBack(edition.id, old.id, left_out)


def _chosen(shelf: EditionShelf, live: str, wanted: str | None) -> str:
    others = [each for each in shelf.ids() if each != live]
    if wanted is None:
        if not others:
            raise EditionMissing("There is no older edition to go back to.", "`kb editions` lists them.")
        return others[-1]
    found = [each for each in [*others, live] if each.startswith(wanted)]
    if len(found) != 1:
        what = "No edition begins" if not found else "More than one edition begins"
        raise EditionMissing(f"{what} with {wanted[:40]!r}.", "`kb editions` lists them.")
    return found[0]


def _content(edition: Edition) -> Content:
    return Content(edition.info.commit, edition.public.texts, edition.internal.texts)


def _still_allowed(old: Edition, live: Edition) -> tuple[Content, tuple[str, ...]]:
    """Return the old texts without the articles that their readers could not read any more, and the ids of those."""
    for_customers = {article.id for article in live.public.texts.articles}
    for_agents = for_customers | {article.id for article in live.internal.texts.articles}
    public = _filtered(old.public.texts, lambda article_id: article_id in for_customers)
    internal = _filtered(old.internal.texts, lambda article_id: article_id in for_agents)
    kept = {article.id for half in (public, internal) for article in half.articles}
    content = Content(old.info.commit, public, internal)
    return content, tuple(sorted(old.articles.keys() - kept))


def _filtered(texts: Texts, is_kept: Callable[[str], bool]) -> Texts:
    def of(article: Article) -> bool:
        return is_kept(article.id)

    articles = tuple(filter(of, texts.articles))
    return replace(
        texts,
        articles=articles,
        images=tuple(image for image in texts.images if _is_shown(image, texts.store, articles)),
        passages=tuple(passage for passage in texts.passages if is_kept(passage.article_id)),
        supplements=tuple(each for each in texts.supplements if is_kept(each.article_id)),
    )


def _is_shown(image: Image, store: Store | None, articles: Sequence[Article]) -> bool:
    """An image that only articles showed which are left out is left out with them."""
    in_theme = store is not None and image.path in store.theme.values()
    return in_theme or any(image.url(article.audience) in article.html for article in articles)
