"""
The error family. `api/errors.py` gives each its HTTP status, the command line its exit code.

    KnowledgeBaseError
    ├── InvalidQuestion          the question or message cannot be read
    ├── InvalidRequest           another parameter of a request is out of its range
    ├── UnknownLanguage          a language that neither the store nor the service knows
    ├── SettingsError            an environment variable holds something unusable
    ├── PublishRefused           articles hold errors, nothing was changed
    ├── AlreadyRunning           another process owns this data directory
    ├── EditionMissing           nothing has been published yet
    ├── EditionDamaged           the published files on disk are not what was written
    ├── EngineUnavailable        Meilisearch does not answer
    ├── EngineRefused            Meilisearch answers, but will not do it
    ├── EmbeddingUnavailable     the model is missing, broken or too slow
    ├── RecordsUnavailable       the database of keys and records cannot be opened
    ├── NotSignedIn              no key, or one that is not known
    ├── Forbidden                a valid key, of a role that may not do this
    ├── CrossSite                a page of another site wants to write here
    ├── TooManyRequests          more than one client may ask in this time
    ├── UnsupportedBody          a body that is not plain JSON
    ├── AddressTooLong           path and query have more bytes than any of ours needs
    ├── HeadersTooLarge          the same for the head of a request
    ├── InitRefused              a new store cannot be made as asked
    ├── EvaluationRefused        there are no golden questions, or too few to learn from
    └── KeyProblem               a key cannot be made or revoked as asked
"""

from __future__ import annotations


class KnowledgeBaseError(Exception):
    """Something a person can act on: what happened, and how to mend it."""

    code = "error"
    """Stable, for machines; part of every problem+json answer."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidQuestion(KnowledgeBaseError):
    code = "invalid_question"


class InvalidRequest(KnowledgeBaseError):
    code = "invalid_request"


class UnknownLanguage(KnowledgeBaseError):
    code = "unknown_language"


class SettingsError(KnowledgeBaseError):
    code = "settings"


class PublishRefused(KnowledgeBaseError):
    code = "publish_refused"


class AlreadyRunning(KnowledgeBaseError):
    code = "already_running"


class EditionMissing(KnowledgeBaseError):
    code = "nothing_published"


class EditionDamaged(KnowledgeBaseError):
    code = "edition_damaged"


class EngineUnavailable(KnowledgeBaseError):
    code = "engine_unavailable"


class EngineRefused(KnowledgeBaseError):
    code = "engine_refused"


class EmbeddingUnavailable(KnowledgeBaseError):
    code = "embedding_unavailable"


class RecordsUnavailable(KnowledgeBaseError):
    code = "records_unavailable"


class NotSignedIn(KnowledgeBaseError):
    code = "not_signed_in"


class Forbidden(KnowledgeBaseError):
    code = "forbidden"


class CrossSite(KnowledgeBaseError):
    code = "cross_site"


class TooManyRequests(KnowledgeBaseError):
    code = "too_many_requests"

    def __init__(self, message: str, hint: str = "", retry_after_s: int = 1) -> None:
        super().__init__(message, hint)
        self.retry_after_s = retry_after_s


class UnsupportedBody(KnowledgeBaseError):
    code = "unsupported_body"


class AddressTooLong(KnowledgeBaseError):
    code = "address_too_long"


class HeadersTooLarge(KnowledgeBaseError):
    code = "headers_too_large"


class InitRefused(KnowledgeBaseError):
    code = "init_refused"


class EvaluationRefused(KnowledgeBaseError):
    code = "evaluation_refused"


class KeyProblem(KnowledgeBaseError):
    code = "key_problem"
