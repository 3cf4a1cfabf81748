"""What FastAPI works out of the routes is worked out once for all apps, as a server does that has one.

It does so with the first requests to each app, and most tests make an app and few requests to it.
"""

from dataclasses import replace
from typing import Any

import pytest
from fastapi import APIRouter


def put_in(patch: pytest.MonkeyPatch) -> None:
    """Let apps that include the same router in the same way share what is worked out of it."""
    kept: dict[int, Any] = {}
    include = APIRouter.include_router

    def included(parent: APIRouter, router: APIRouter, **how: Any) -> None:
        include(parent, router, **how)
        first = kept.setdefault(id(router), parent.routes[-1])
        if _how(first) == _how(parent.routes[-1]):
            parent.routes[-1] = first

    patch.setattr(APIRouter, "include_router", included)


def _how(included: Any) -> Any:
    """How it is included, whatever the app: that would say what replaces dependencies, and nothing does."""
    return replace(included.include_context, dependency_overrides_provider=None)
