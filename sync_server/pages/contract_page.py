"""`/openapi.json`: the contract for machines; `/api/docs`: the same for people, from this host alone."""

import orjson
from fastapi import APIRouter, Request, Response

from sync_server.contract.document import document
from sync_server.deps import Visitor
from sync_server.http import compression
from sync_server.pages.rendering import page

router = APIRouter()


@router.get("/openapi.json")
def openapi(request: Request) -> Response:
    """The OpenAPI document."""
    return compression.api_answer(orjson.dumps(document()), gzip=compression.accepts(request, "gzip"))


@router.get("/api/docs")
def docs(request: Request, visitor: Visitor) -> Response:
    """The document as a page."""
    return page(request, "contract.html", visitor, contract=document())
