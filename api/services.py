"""What handlers are given: the parts that `create_app` was called with."""

from __future__ import annotations

from dataclasses import dataclass, field

from litestar.di import NamedDependency

from api.metrics import Metrics
from api.visitors import Visitors
from kb.article import Store
from kb.delivery.deliverer import Deliverer
from kb.errors import UnknownLanguage
from kb.knowledge_base import KnowledgeBase
from kb.language import known_languages
from kb.records.keys import KeyStore
from kb.records.records import Records
from kb.records.sessions import SessionStore
from kb.settings import Settings

FALLBACK_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of a running service."""

    settings: Settings
    knowledge: KnowledgeBase
    keys: KeyStore
    metrics: Metrics = field(default_factory=Metrics)
    records: Records = field(default_factory=Records)
    """Without any, nothing is recorded. Closed when the application ends."""
    visitors: Visitors = field(default_factory=Visitors)
    deliverer: Deliverer | None = None
    """None where messages are not taken: there is no form then."""

    @property
    def sessions(self) -> SessionStore:
        """The signed-in browsers of the keys' holders."""
        return SessionStore(self.keys)

    @property
    def store(self) -> Store:
        """Raises EditionMissing."""
        return self.knowledge.live().store

    @property
    def public_url(self) -> str:
        """Where customers find the pages: KB_PUBLIC_URL, else what store.yaml says; empty when neither is known."""
        return self.knowledge.public_url if self.knowledge.has_live() else self.settings.public_url.rstrip("/")

    def languages(self) -> list[str]:
        """Return every language that may be asked for: the store's, then those the service has rules for."""
        listed = self.store.languages if self.knowledge.has_live() else ()
        return list(dict.fromkeys([*listed, *known_languages()]))

    def checked_language(self, lang: str) -> str:
        """Raises UnknownLanguage."""
        known = self.languages()
        if lang not in known:
            raise UnknownLanguage(f"The language {lang[:20]!r} is not known.", f"Known are: {', '.join(known)}.")
        return lang

    def preferred_language(self, accepted: str) -> str:
        """Return the store's language that an Accept-Language header likes best, else the store's default."""
        offered = self.store.languages if self.knowledge.has_live() else (FALLBACK_LANGUAGE,)
        wished = sorted(_wishes(accepted), key=lambda wish: -wish[1])
        for code, quality in wished:
            found = next((lang for lang in offered if code in (lang, lang.split("-")[0])), None)
            if found and quality > 0:
                return found
        return self.store.default_language if self.knowledge.has_live() else FALLBACK_LANGUAGE


GivenServices = NamedDependency[Services]
"""How a handler asks for them."""


def _wishes(accepted: str) -> list[tuple[str, float]]:
    """Parse `it-IT,it;q=0.9` into [("it", 1.0), ("it", 0.9)]; what cannot be read is passed over."""
    wishes = []
    for part in accepted[:500].split(","):
        code, _, quality = part.partition(";q=")
        try:
            wishes.append((code.strip().lower().split("-")[0], float(quality or 1)))
        except ValueError:
            continue
    return wishes
