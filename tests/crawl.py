"""Every public address of a small store that has secrets, and what they must not show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

from tests.service import Answered, Store

CANARIES = (
    *("zebracanary", "quokkanote", "axolotlslug", "narwhaltag"),
    *("pangolinask", "tapirphrase", "okapialias", "civetreply", "wombatimage", "tarsieroffer"),
)
LABEL, SECRET = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} 9"/>' for side in (8, 9))


def address(svg: str, name: str) -> str:
    return f"media/{sha256(svg.encode()).hexdigest()[:16]}/{name}.svg"


PUBLIC_PATHS = {
    "/": ["/"],
    "/{lang:str}": ["/en", "/it/", "/xx/"],
    "/{lang:str}/{category:str}": [
        "/en/returns/",
        "/en/delivery/",
        "/it/returns/",
        "/en/secrets/",
        "/it/delivery/?missing=returns/axolotlslug",
    ],
    "/{lang:str}/search": ["/en/search"],
    "/{lang:str}/contact": ["/en/contact", "/it/contact?category=secrets&article=en/returns/axolotlslug"],
    "/{lang:str}/feedback": [
        "/en/feedback?article=en/returns/refund-time&helpful=no",
        "/en/feedback?article=en/returns/axolotlslug&helpful=no",
    ],
    "/{lang:str}/{category:str}/{slug:str}": [
        "/en/returns/refund-time",
        "/en/returns/how-to-return",
        "/en/returns/axolotlslug",
        "/en/secrets/axolotlslug",
        "/it/delivery/delivery-cost",
        "/en/delivery/okapialias",
        "/en/returns/refund-time.md",
        "/en/returns/how-to-return.md",
        "/en/returns/axolotlslug.md",
        "/en/delivery/okapialias.md",
        "/it/returns/refund-time",
        "/it/returns/axolotlslug",
    ],
    "/sitemap.xml": ["/sitemap.xml"],
    "/robots.txt": ["/robots.txt"],
    "/llms.txt": ["/llms.txt"],
    "/{lang:str}/opensearch.xml": ["/en/opensearch.xml"],
    "/api/v1/search": [],  # asked with every question below
    "/api/v1/feedback": ["/api/v1/feedback"],
    "/api/v1/contact/suggestions": [],  # asked with every question below
    "/api/v1/contact/deflections": ["/api/v1/contact/deflections"],
    "/healthz": ["/healthz"],
    "/readyz": ["/readyz"],
    "/theme.css": ["/theme.css"],
    "/media/{digest:str}/{name:str}": [
        f"/{address(LABEL, 'label')}",
        f"/{address(LABEL, 'other')}",
        f"/{address(SECRET, 'wombatimage')}",
        f"/{address(SECRET, 'label')}",
    ],
    "/schema": ["/schema"],
    "/schema/openapi.json": ["/schema/openapi.json"],
    "/metrics": ["/metrics"],
    "/static/{file_path:path}": ["/static/kb.css", "/static/../secret"],
    # Agents' addresses, without a key: refused in the same words, whether the article exists or not.
    "/agent/articles/{lang:str}/{category:str}/{slug:str}": ["/agent/articles/en/returns/axolotlslug"],
    "/insights": ["/insights"],
    "/agent": ["/agent"],
    "/agent/search": ["/agent/search?q=zebracanary"],
    "/agent/sign-in": ["/agent/sign-in"],
    "/agent/sign-out": ["/agent/sign-out"],
    "/agent/media/{digest:str}/{name:str}": [
        f"/agent/{address(SECRET, 'wombatimage')}",
        f"/agent/{address(LABEL, 'x')}",
    ],
    "/api/v1/agent/search": ["/api/v1/agent/search?q=zebracanary"],
    "/api/v1/agent/replies": ["/api/v1/agent/replies"],
    "/api/v1/editor/publishing": ["/api/v1/editor/publishing"],
    "/api/v1/agent/suggestions/{suggestion_id:str}/outcome": ["/api/v1/agent/suggestions/0/outcome"],
}
QUESTIONS = ("when do i get my money back", "delivery cost", "quanto costa", "dove", *CANARIES)
MISSING = ["/schema/other", "/media/x.png", "/api/nothing", "/sitemap.xml.gz"]


def write_internal(store: Store) -> None:
    """Add everything that agents have: a note and a reply in a customer article, articles, phrases, solutions."""
    refund = store.settings.articles / "en/returns/refund-time.md"
    picture = "![wombatimage](../../images/wombatimage.svg)"
    store.write("images/wombatimage.svg", SECRET)
    note = f"\n:::agent\nThe zebracanary quokkanote tells agents to hurry. {picture}\n:::\n"
    reply = "\n:::reply\nA civetreply is on its way.\n:::\n"
    refund.write_text(refund.read_text(encoding="utf-8") + note + reply, encoding="utf-8")
    store.article(
        "en/returns/axolotlslug",
        "What does the zebracanary cost?",
        "Only we know the zebracanary. [Refunds](refund-time.md)\n\n## The quokkanote\n\nMore of it.\n\n"
        f"{picture} ![Label](/images/label.svg)",
        audience="agent",
        description="A zebracanary in one sentence.",
        keywords=["narwhaltag"],
        questions=["pangolinask when"],
        aliases=["/en/delivery/okapialias"],
    )
    row = "{id: tarsieroffer, problem: returns/refund-time, offer: refund, approver: agent, note: {en: tarsieroffer}}"
    store.write("solutions.yaml", f"- {row}\n")
    store.article("it/secrets/axolotlslug", "Solo zebracanary", "Testo quokkanote.", audience="agent")
    phrases = '  neutral: ["Hello {{ customer.name | tapirphrase }}"]\n'
    store.write("phrases/en.yaml", f"openings:\n{phrases}closings:\n{phrases}")


class Asked(Protocol):
    """A service that runs, in this process or another."""

    def get(self, path: str, *, headers: Mapping[str, str] | None = None, **query: str | int) -> Answered: ...


def crawl(service: Asked) -> dict[str, Answered]:
    """Ask every public address, each question in every format and language, typed and whole."""
    seen = {path: service.get(path) for paths in PUBLIC_PATHS.values() for path in paths}
    seen |= {path: service.get(path) for path in MISSING}
    for question in QUESTIONS:
        for lang in ("en", "it", "hu"):
            for typing in ("false", "true"):
                query: dict[str, str | int] = {"q": question, "lang": lang, "typing": typing}
                seen[f"api {query}"] = service.get("/api/v1/search", headers=None, **query)
            seen[f"page {lang} {question}"] = service.get(f"/{lang}/search", q=question)
        for category in ("returns", "secrets"):
            seen[f"api {category} {question}"] = service.get("/api/v1/search", q=question, category=category)
    return seen


def normalised(answer: Answered) -> tuple[int, dict[str, str], bytes]:
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    headers.pop("content-length")  # took_ms has more or fewer digits; the body below tells the rest
    body = re.sub(rb'"(query_id|took_ms)":("[^"]*"|[\d.e-]+)', b"", answer.body)
    body = re.sub(rb"query_id=[0-9a-f]{32}", b"", body)
    if headers["content-type"].startswith("text/plain; version="):  # what is measured moves; its names may not
        body = re.sub(rb"(?m) [\d.e+-]+$", b"", body)
    return answer.status, headers, body
