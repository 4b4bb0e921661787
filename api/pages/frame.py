"""What stands around every page: name, categories, languages, search field, links, what search engines are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api import locale
from api.services import Services
from kb.article import Category, Image, Store
from kb.edition import Half

PRODUCT = "faq-kb"


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """One language of the switch."""

    code: str
    name: str
    url: str
    is_current: bool
    is_translation: bool
    """It leads to this very page, not to the nearest there is in that language."""


@dataclass(frozen=True, slots=True)
class Alternate:
    """One language version of a page, as search engines are told of it."""

    code: str
    """A language, or `x-default` for everybody else."""
    url: str
    """Absolute."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Given to base.html."""

    lang: str
    direction: str
    title: str
    description: str
    canonical: str
    """Absolute when the public address is known; empty for pages that are no page to index."""
    store: Store
    categories: tuple[tuple[str, str], ...]
    """(title, url)"""
    languages: tuple[LanguageLink, ...]
    edition: str
    query: str = ""
    logo: Image | None = None
    favicon: Image | None = None
    links: tuple[tuple[str, str], ...] = ()
    """(title, address) of the store's own: those that every shop has first, the others by name."""
    alternates: tuple[Alternate, ...] = ()
    """Itself included; none where the public address is not known, for they count only when absolute."""
    site: str = ""
    """The public address; empty when it is not known."""
    contact_url: str = ""
    takes_messages: bool = False
    """Whether there is a form to write to the store."""

    @property
    def language_name(self) -> str:
        return locale.language_name(self.lang)

    @property
    def territory(self) -> str:
        """The language as Open Graph writes it: `hu_HU`."""
        return locale.with_territory(self.lang)


def frame(
    services: Services,
    lang: str,
    title: str,
    *,
    description: str = "",
    path: str = "",
    translations: Mapping[str, str] | None = None,
    instead: Mapping[str, str] | None = None,
    query: str = "",
) -> Frame:
    """
    Return the frame of a page in `lang`.

    `path` is the page's own address if it is one to index. `translations` gives the address of the same page in other
    languages; the switch falls back to what `instead` gives, and then to their front pages. Raises EditionMissing.
    """
    live = services.knowledge.live()
    store = live.store
    known = translations or {}
    site = services.knowledge.public_url
    return Frame(
        lang=lang,
        direction=locale.direction(lang),
        title=title,
        description=description,
        canonical=f"{site}{path}" if path else "",
        store=store,
        categories=tuple((category.title_in(lang), f"/{lang}/{category.slug}/") for category in shown(services, lang)),
        languages=tuple(_link(code, lang, known, instead or {}) for code in store.languages),
        edition=live.public.edition,
        query=query,
        logo=_theme_image(live.half, store.theme.get("logo")),
        favicon=_theme_image(live.half, store.theme.get("favicon")),
        links=_links(store, lang),
        alternates=alternates(site, store, known) if path else (),
        site=site,
        contact_url=f"/{lang}/contact",
        takes_messages=services.settings.takes_messages and services.settings.surface != "agent",
    )


def alternates(site: str, store: Store, translations: Mapping[str, str]) -> tuple[Alternate, ...]:
    """
    Return the versions of a page in the store's order, and last the one for every other language.

    The same set from every version, or search engines ignore it; a page of one language only has none to tell of.
    """
    if not site or len(translations) < 2:
        return ()
    codes = [code for code in store.languages if code in translations]
    fallback = store.default_language if store.default_language in codes else codes[0]
    listed = [Alternate(code, site + translations[code]) for code in codes]
    return (*listed, Alternate("x-default", site + translations[fallback]))


def _theme_image(half: Half, path: str | None) -> Image | None:
    return next((image for image in half.texts.images if image.path == path), None)


def _links(store: Store, lang: str) -> tuple[tuple[str, str], ...]:
    """A link is called as the store says, else as every shop calls it, else by its name."""
    _ = locale.catalogue(lang).gettext
    known = {"shop": _("To the shop"), "imprint": _("Imprint"), "privacy": _("Privacy"), "terms": _("Terms")}
    names = [name for name in dict.fromkeys([*known, *sorted(store.links)]) if name in store.links]
    return tuple((store.link_title(name, lang) or known.get(name, name), store.links[name]) for name in names)


def shown(services: Services, lang: str) -> list[Category]:
    """Return the categories that have articles for customers in `lang`: the store's order, then unlisted folders."""
    corpus, today = services.knowledge.live().public.corpus, services.knowledge.today()
    filled = {a.category for a in corpus.articles if a.lang == lang and a.is_valid_on(today)}
    listed = [category for category in corpus.store.categories if category.slug in filled]
    unlisted = sorted(filled - {category.slug for category in corpus.store.categories})
    return [*listed, *(Category(slug) for slug in unlisted)]


def _link(code: str, current: str, translations: Mapping[str, str], instead: Mapping[str, str]) -> LanguageLink:
    url = translations.get(code) or instead.get(code) or f"/{code}/"
    return LanguageLink(code, locale.language_name(code), url, code == current, code in translations)
