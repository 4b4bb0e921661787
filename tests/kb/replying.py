"""What the tests of replies ask, of articles and phrases of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from kb.article import Article, Audience, Phrases, Reply, Supplement
from kb.replies import Approved, Replies, ReplyResult
from kb.solutions import Approver, Offer, Prices, Solution, When
from tests.kb.fakes import NOON, FakeReader, a_half, a_search, a_store, a_view, an_article

REFUND = an_article(
    "en/returns/refund-time",
    "When will I get my money back?",
    "A refund reaches your card within ten days.",
    questions=("My refund has not arrived",),
)
VOZVRAT = an_article("ru/returns/refund-time", "Когда вернут деньги?", "Деньги вернутся на карту за десять дней.")
PARCEL = an_article("en/delivery/track", "Where is my parcel?", "The tracking link stands in our mail.")
PAY = an_article("ru/payment/methods", "Чем можно платить?", "Картой, переводом или наличными.")
RULE = an_article(
    "en/staff/refund-limit", "Refund limit", "Up to fifty.", description="Above it ask.", audience=Audience.AGENT
)
DAMAGED = Solution("small", "returns/refund-time", When(), Offer.REFUND, Approver.AGENT, note={"en": "Ask nobody."})
DEAR = Solution(
    "dear",
    "returns/refund-time",
    When(goods_value=Prices(over={"EUR": 100})),
    Offer.REFUND,
    Approver.TEAM_LEADER,
)
OLD = Solution("old", "returns/refund-time", When(), Offer.NONE, Approver.AGENT, valid_until=date(2026, 6, 14))
PHRASES = {
    "en": Phrases(
        {"neutral": ("Hello {{ customer.name | there }},",), "delay": ("Sorry for the wait!",)},
        {"neutral": ("Kind regards,\n{{ agent.name | the team }}",)},
    ),
    "ru": Phrases({"neutral": ("Здравствуйте!",)}, {"neutral": ("С уважением",)}),
}
MONEY = "When does the refund reach my card?"
TWO_REPLIES = (Reply("Ten days at most.", "plain"), Reply("We are sorry. Ten days at most.", "apology"))


def suggest(
    message: str,
    lang: str | None = "en",
    *,
    variables: Mapping[str, str] | None = None,
    supplement: Supplement | None = None,
    public: tuple[Article, ...] = (REFUND, VOZVRAT, PARCEL, PAY),
    internal: tuple[Article, ...] = (RULE,),
    reader: FakeReader | None = None,
    limit: int = 3,
    agent_lang: str | None = None,
    tone: str | None = None,
    phrases: Mapping[str, Phrases] = PHRASES,
    solutions: tuple[Solution, ...] = (),
    thresholds: Mapping[str, float] | None = None,
) -> ReplyResult:
    store = replace(a_store(), reply_thresholds=dict(thresholds or {}))
    view = a_view(a_half(public, store=store), a_half(internal), store=store)
    approved = Approved({supplement.article_id: supplement} if supplement else {}, phrases, solutions)
    replies = Replies(
        a_search(view, reader=reader),
        lambda: view,
        lambda: approved,
        lambda: NOON,
        lambda: "https://help.example.org",
    )
    return asyncio.run(replies.suggest(message, lang, variables or {}, limit, agent_lang=agent_lang, tone=tone))
