"""
The one table from our errors to HTTP statuses, and the two shapes in which they are told: problem+json, and a page.
"""

from __future__ import annotations

import logging
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from api.desk.sign_in import sign_in_page
from api.pages.error import error_page
from kb import errors

log = logging.getLogger("kb.api")

STATUS: dict[type[errors.KnowledgeBaseError], int] = {
    errors.InvalidQuestion: 400,
    errors.InvalidRequest: 400,
    errors.UnknownLanguage: 400,
    errors.NotSignedIn: 401,
    errors.Forbidden: 403,
    errors.CrossSite: 403,
    errors.AddressTooLong: 414,
    errors.UnsupportedBody: 415,
    errors.TooManyRequests: 429,
    errors.HeadersTooLarge: 431,
    errors.EditionMissing: 503,
    errors.EditionDamaged: 503,
    errors.EngineUnavailable: 503,
    errors.EngineRefused: 503,
    errors.EmbeddingUnavailable: 503,
    errors.RecordsUnavailable: 503,
    # These belong to the command line; should one reach a reader, it is our fault.
    errors.SettingsError: 500,
    errors.PublishRefused: 500,
    errors.AlreadyRunning: 500,
    errors.InitRefused: 500,
    errors.EvaluationRefused: 500,
    errors.KeyProblem: 500,
}
RETRY_SECONDS = "5"
JSON_PATHS = ("/api", "/healthz", "/readyz", "/schema")


class Problem(msgspec.Struct, omit_defaults=True):
    """A problem of RFC 9457."""

    title: str
    status: int
    code: str
    detail: str = ""
    hint: str = ""
    type: str = "about:blank"


def handle(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Tell any error: to programs as problem+json, to people as a page with a way on; never with a trace."""
    problem = _unreadable(request, error) or problem_of(error)
    if problem.status >= 500 and not isinstance(error, errors.EditionMissing):  # a first publish takes its time
        # The path only: a query may hold what a customer wrote.
        log.error(
            "%s %r: %s", request.method, request.url.path, error, exc_info=error if problem.code == "error" else None
        )
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if problem.status == 503:
        headers["Retry-After"] = RETRY_SECONDS
    if isinstance(error, errors.TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    if problem.status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kb"'
    if wants_json(request):
        body = msgspec.json.encode(problem)
        return Response(body, status_code=problem.status, media_type="application/problem+json", headers=headers)
    page = sign_in_page(request) if problem.status == 401 else error_page(request, problem.status)
    return Response(page, status_code=problem.status, media_type="text/html", headers=headers)


def _unreadable(request: Request[Any, Any, Any], error: Exception) -> Problem | None:
    """What the framework leaves to its libraries to trip over: bodies and file names that cannot be one."""
    if isinstance(error, UnicodeDecodeError | RecursionError):
        return Problem(_title(400), 400, _code(400), "The body cannot be read: send UTF-8 JSON of ordinary depth.")
    if request.url.path.startswith("/static/") and problem_of(error).status >= 500:
        return Problem(_title(404), 404, _code(404))
    return None


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Everything under /api answers JSON, also where there is nothing."""
    path = request.url.path
    return any(path == each or path.startswith(each + "/") for each in JSON_PATHS)


def problem_of(error: Exception) -> Problem:
    """Return what may be told of an error."""
    if isinstance(error, errors.KnowledgeBaseError):
        status = STATUS[type(error)]
        told = status < 500 or status == 503
        return Problem(_title(status), status, error.code, error.message if told else "", error.hint if told else "")
    if isinstance(error, HTTPException):
        return Problem(_title(error.status_code), error.status_code, _code(error.status_code), _detail(error))
    return Problem(_title(500), 500, "error")


def _detail(error: HTTPException) -> str:
    if error.status_code >= 500:
        return ""
    extra = error.extra
    if isinstance(extra, list):
        return "; ".join(
            f"{each.get('key', '')}: {each.get('message', '')}" for each in extra if isinstance(each, dict)
        )
    return error.detail[:300]


_TITLES = {
    400: "Bad request",
    401: "Not signed in",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    413: "Too large",
    414: "Address too long",
    415: "Unsupported body",
    429: "Too many requests",
    431: "Headers too large",
    503: "Not available now",
}
_CODES = {
    400: "invalid_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method",
    413: "too_large",
}


def _title(status: int) -> str:
    return _TITLES.get(status, "Error" if status >= 500 else "Bad request")


def _code(status: int) -> str:
    return _CODES.get(status, "error")
