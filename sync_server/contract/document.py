"""The contract: an OpenAPI 3.1 document with JSON Schemas, made from the routes and the models themselves."""

import json
import warnings
from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from shared.home_visits.envelope import Header
from shared.home_visits.model import HomeVisit
from shared.home_visits.wire import EnvelopesAnswer, EnvelopesRequest, VisitKeysAnswer
from shared.operations import Kind
from shared.record_types import RECORD_TYPES
from shared.sync import wire
from shared.sync.progress import ProgressAnswer
from shared.vocabulary import Role, Status, Term
from sync_server.api import photos
from sync_server.api import router as api
from sync_server.contract import operations
from sync_server.contract.operations import REF, Schema
from sync_server.deps import SESSION_COOKIE

_MESSAGES: tuple[type[BaseModel], ...] = (
    *(wire.EnrolRequest, wire.EnrolAnswer, wire.TokenAnswer, wire.PushRequest, wire.PushAnswer),
    *(wire.PullAnswer, wire.SnapshotAnswer, ProgressAnswer, wire.ProblemMessage),
    *(VisitKeysAnswer, EnvelopesRequest, EnvelopesAnswer, Header, HomeVisit),
    *(record.model for record in RECORD_TYPES.values()),
)
_DESCRIPTION = """\
What a phone, or any other program, says to an Anlan server; `docs/protocol.md` tells how to use it. Every
answer carries the header `Anlan-Api: v1`; without it, it is not this server that answered. Every problem is
`{"code", "details"}`. Codes may be added, so a client takes any: 4xx needs a person, 5xx is tried again.
A bug of the server is 500 `internal`. Bodies may be gzipped both ways. Where a schema says `integer`, the
number is written without a point and without an exponent. No text may hold NUL.
"""
_SECURITY = {
    "phone": {"type": "http", "scheme": "bearer", "description": "The token that enrolling gave."},
    "browser": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE},
}


@cache
def document() -> Schema:
    """The document as JSON-ready values. Nobody may change what is returned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # routes of two methods; ids are given below
        made: Schema = get_openapi(
            title="Anlan 安澜",
            version=wire.VERSION,
            description=_DESCRIPTION,
            routes=api.router.routes,
        )
    for path, method, endpoint, declared in photos.PLAIN_ROUTES:
        made["paths"].setdefault(f"{api.PREFIX}{path}", {})[method.lower()] = {
            "operationId": endpoint.__name__,
            **_texts(declared),
        }
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(path, method, operation)
    made["paths"] = {path: dict(sorted(methods.items())) for path, methods in sorted(made["paths"].items())}
    made["components"] = {"schemas": _schemas(), "securitySchemes": _SECURITY}
    made["x-events"] = operations.events()
    made["x-enums"] = {enum.__name__: {term.value: [term.zh, term.en] for term in enum} for enum in _enums()}
    return made


def text() -> str:
    """The document as the text that is kept in the repository."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


def _schemas() -> dict[str, Schema]:
    _, found = models_json_schema([(model, "validation") for model in _MESSAGES], ref_template=REF)
    schemas: dict[str, Schema] = found["$defs"]
    schemas["PushRequest"]["properties"]["ops"]["items"] = {"$ref": REF.format(model="Operation")}
    schemas["Kind"] = {"type": "string", "enum": [kind.value for kind in Kind], "title": "Kind"}
    schemas |= operations.schemas()
    return dict(sorted(schemas.items()))


def _enums() -> list[type[Term]]:
    """The closed lists of words that the schemas name."""
    known = {enum.__name__: enum for enum in Term.__subclasses__()}
    return [known[name] for name in sorted({*_schemas(), Role.__name__, Status.__name__} & known.keys())]


def _complete(path: str, method: str, operation: Schema) -> None:
    """Give an operation what FastAPI cannot know, and take away what is no part of the contract."""
    words = [word.strip("{}") for word in path.removeprefix(api.PREFIX).split("/") if word]
    operation["operationId"] = "_".join([method, *words])
    parameters = [one for one in operation.get("parameters", []) if not _is_credential(one)]
    for one in parameters:
        if one["name"].lower() == "tus-resumable":
            one |= {
                "name": "Tus-Resumable",
                "required": True,
                "schema": {"type": "string", "enum": ["1.0.0"]},
            }
    operation["parameters"] = parameters
    if method == "head":  # its answers have their status and headers only
        for answer in operation["responses"].values():
            answer.pop("content", None)
    for answer in operation["responses"].values():
        if answer.get("content", {}).get("application/json") == {"schema": {}}:  # FastAPI's guess
            del answer["content"]["application/json"]
        if not answer.get("content", True):
            del answer["content"]


def _is_credential(parameter: Schema) -> bool:
    """Whether a parameter is what the security schemes say already."""
    name: str = parameter["name"]
    return parameter["in"] == "cookie" or name.lower() == "authorization"


def _texts(declared: Any) -> Schema:
    """A declaration as OpenAPI writes it: the statuses are texts."""
    responses = {str(status): {**answer} for status, answer in declared["responses"].items()}
    return {**declared, "responses": responses}
