"""What API routes declare for the contract: their parameters and all possible answers."""

from collections import defaultdict
from typing import Any

from pydantic import BaseModel

from shared import problems
from shared.problems import Kind

SCHEMAS = "#/components/schemas/"
PHONE: list[dict[str, list[str]]] = [{"phone": []}]
READER: list[dict[str, list[str]]] = [{"phone": []}, {"browser": []}]

DATABASE = (problems.overloaded, problems.database_unavailable, problems.storage_full)
"""Problems of any request that reads or writes the database."""
PHONES = (problems.token_invalid, *DATABASE)
"""Problems of any request of an enrolled phone."""
SEEN_LOGS = (problems.campaign_foreign, problems.epoch_changed, problems.too_many_attempts)
"""Problems of any request about a campaign's log that says what it has seen of it."""
CHANGING = (problems.cross_site,)
"""Problems of any changing request that a browser makes."""
MESSAGE = (
    *(problems.malformed_json, problems.too_deep, problems.bad_encoding, problems.unsupported_encoding),
    *(problems.body_too_large, problems.body_too_slow, problems.invalid, problems.unknown_field),
)
"""Problems of any JSON message."""

_LATER = (429, 503)
"""Statuses that may carry `Retry-After`."""

_Responses = dict[int | str, dict[str, Any]]


def answers(status: int, content: type[BaseModel] | dict[str, Any] | None, *kinds: Kind) -> _Responses:
    """All answers of a route: `status` with a model's message or other `content`, and the problems."""
    answer: dict[str, Any] = {"description": "Done."}
    if isinstance(content, dict):
        answer |= content
    elif content is not None:
        answer["content"] = {"application/json": {"schema": _ref(content.__name__)}}
    by_status: dict[int, list[str]] = defaultdict(list)
    for kind in (*kinds, problems.invalid):
        if kind.code not in by_status[kind.status]:
            by_status[kind.status].append(kind.code)
    return {status: answer, **{failed: _problem(failed, by_status[failed]) for failed in sorted(by_status)}}


def takes(model: type[BaseModel], security: list[dict[str, list[str]]] | None = None) -> dict[str, Any]:
    """The body of a route, as `openapi_extra`; `security`: who may call it, everybody if None."""
    content = {"application/json": {"schema": _ref(model.__name__)}}
    body = {"required": True, "content": content}
    return {"requestBody": body, **({"security": security} if security else {})}


def _problem(status: int, codes: list[str]) -> dict[str, Any]:
    schema = {"allOf": [_ref("ProblemMessage"), {"properties": {"code": {"enum": codes}}}]}
    answer: dict[str, Any] = {
        "description": ", ".join(f"`{code}`" for code in codes),
        "content": {"application/json": {"schema": schema}},
    }
    if status in _LATER:
        answer["headers"] = {"Retry-After": {"schema": {"type": "string"}, "description": "seconds"}}
    return answer


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": SCHEMAS + name}
