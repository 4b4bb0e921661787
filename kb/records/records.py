"""
What a running service remembers: customers' searches, ratings and messages, agents' searches and suggestions.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock

from sqlalchemy import Table, select

from kb.records.contacts import ContactStore
from kb.records.database import Database
from kb.records.entries import Decided, Deflected, Kind, Rated, Searched, Suggested
from kb.records.intents import Intents
from kb.records.journal import CLOSE_SECONDS, Chore, Journal, JournalState, Write
from kb.records.retention import sweep
from kb.records.tables import agent_searches, contacts, deflections, feedback, searches, suggestions
from kb.records.tables import agents as agents_tables
from kb.records.tables import customers as customers_tables
from kb.records.writing import write_agents, write_customers
from kb.settings import Settings

SWEEP_SECONDS = 24 * 3600.0
INTENTS_SECONDS = 1.0
SUGGESTIONS_KNOWN = 5_000
ALARM_SUFFIX = ".failing"
"""Ends the name of a file in the data directory that is there while records cannot be written."""


@dataclass(frozen=True, slots=True)
class Part:
    """What customers do, or what agents write."""

    name: str
    swept: tuple[Table, ...]
    """What is deleted when it is old."""
    write: Write
    capacity: int
    """How many entries may wait."""


CUSTOMERS = Part("searches", (searches, feedback, deflections, contacts), write_customers, 10_000)
# Final texts have up to 20,000 characters: fewer of them may wait than of customers' short ones.
AGENTS = Part("records", (agent_searches, suggestions), write_agents, 2_000)


def utc_now() -> datetime:
    """Return the time as the tables hold it: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None)


class Searches:
    """The searches of one audience."""

    def __init__(self, journal: Journal, intents: Intents) -> None:
        self._journal = journal
        self._intents = intents

    def add(self, entry: Searched, visitor: Callable[[], str]) -> None:
        """Record a search; what is typed waits until it is clear what becomes of it."""
        if entry.kind is Kind.TYPED:
            self._journal.add(*self._intents.typed(visitor(), entry))
            return
        if self._intents.are_held():  # else nobody needs to know who it is
            self._intents.searched(visitor(), entry)
        self._journal.add(entry)


class CustomersRecords:
    """Searches, unless they are switched off, ratings and messages."""

    def __init__(self, journal: Journal, intents: Intents, messages: ContactStore, keeps_searches: bool) -> None:
        self.journal = journal
        self.messages = messages
        self._intents = intents
        self.searches = Searches(journal, intents) if keeps_searches else None

    def rated(self, entry: Rated) -> None:
        self.journal.add(entry)

    def deflected(self, entry: Deflected) -> None:
        self.journal.add(entry)

    def end(self, seconds: float) -> None:
        """Nobody goes on typing: write what waits, and let `journal.close` wait for it."""
        self.journal.add(*self._intents.rest())
        self.journal.end(seconds)


class AgentsRecords:
    """Searches, suggestions and what became of them."""

    def __init__(self, database: Database, journal: Journal, intents: Intents) -> None:
        self._database = database
        self.journal = journal
        self._intents = intents
        self.searches = Searches(journal, intents)
        self._texts: OrderedDict[str, str] = OrderedDict()
        """Suggestion to its text, the last ones: it may hold a customer's name, and is never stored."""
        self._lock = Lock()

    def suggested(self, entries: Sequence[Suggested], texts: Sequence[str]) -> None:
        """Record suggestions; `texts` are what each of them said."""
        with self._lock:
            self._texts.update((entry.suggestion_id, text) for entry, text in zip(entries, texts, strict=True))
            while len(self._texts) > SUGGESTIONS_KNOWN:
                self._texts.popitem(last=False)
        self.journal.add(*entries)

    def knows(self, suggestion_id: str) -> bool:
        """Whether there is such a suggestion. Asks the database; raises RecordsUnavailable."""
        if self.text_of(suggestion_id) is not None:
            return True
        wanted = select(suggestions.c.suggestion_id).where(suggestions.c.suggestion_id == suggestion_id)
        with self._database.connect() as connection:
            return connection.execute(wanted).first() is not None

    def text_of(self, suggestion_id: str) -> str | None:
        """Return what was suggested, if this process suggested it lately."""
        with self._lock:
            return self._texts.get(suggestion_id)

    def decided(self, entry: Decided) -> None:
        self.journal.add(entry)

    def end(self, seconds: float) -> None:
        """Nobody goes on typing: write what waits, and let `journal.close` wait for it."""
        self.journal.add(*self._intents.rest())
        self.journal.end(seconds)


class Records:
    """The records that a process keeps: of customers, of agents, of both, or none."""

    def __init__(self, customers: CustomersRecords | None = None, agents: AgentsRecords | None = None) -> None:
        self.customers = customers
        self.agents = agents

    @classmethod
    def open(
        cls,
        settings: Settings,
        *,
        customers: bool = True,
        agents: bool = True,
        now: Callable[[], datetime] = utc_now,
    ) -> Records:
        """
        Begin to record; a database that cannot be opened does not stop it.

        A process that serves customers only must not ask for `agents`: then it never opens what agents wrote. Raises
        SettingsError when KB_DATABASE_URL is no address.
        """
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(
            _customers(settings, now) if customers else None,
            _agents(settings, now) if agents else None,
        )

    def states(self) -> dict[str, JournalState]:
        """Return how each journal does, by what it holds."""
        kept = {"customers": self.customers, "agents": self.agents}
        return {name: each.journal.state() for name, each in kept.items() if each}

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Write what waits, for so long at most; all journals at the same time."""
        kept = [each for each in (self.customers, self.agents) if each]
        for each in kept:
            each.end(seconds)
        for each in kept:
            each.journal.close()
        if self.customers:
            self.customers.messages.close()


def _customers(settings: Settings, now: Callable[[], datetime]) -> CustomersRecords:
    intents = Intents(now)
    database = Database(settings.searches_url, customers_tables)
    # Connections of their own: somebody is told that a message has arrived, so it has to last.
    messages = ContactStore(Database(settings.searches_url, customers_tables, lasting=True), now)

    def forget_messages() -> bool:
        return messages.forget(now() - timedelta(days=settings.contact_retention_days))

    chores = [Chore(forget_messages, SWEEP_SECONDS)] if settings.contact_retention_days else []
    journal = _journal(settings, CUSTOMERS, database, intents, now, chores)
    return CustomersRecords(journal, intents, messages, settings.records)


def _agents(settings: Settings, now: Callable[[], datetime]) -> AgentsRecords:
    intents = Intents(now)
    database = Database(settings.records_url, agents_tables)
    return AgentsRecords(database, _journal(settings, AGENTS, database, intents, now), intents)


def _journal(
    settings: Settings,
    part: Part,
    database: Database,
    intents: Intents,
    now: Callable[[], datetime],
    further: Sequence[Chore] = (),
) -> Journal:
    def end_intents() -> bool:
        journal.add(*intents.due())
        return False

    def sweep_old() -> bool:
        return sweep(database, part.swept, now() - timedelta(days=settings.retention_days))

    chores = [Chore(end_intents, INTENTS_SECONDS), *further]
    if settings.retention_days:
        chores.append(Chore(sweep_old, SWEEP_SECONDS))
    alarm = settings.data / f"{part.name}{ALARM_SUFFIX}"
    journal = Journal(database, part.write, capacity=part.capacity, chores=chores, alarm=alarm)
    journal.start()
    return journal
