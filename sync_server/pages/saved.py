"""Saying "saved" on the page that follows, and only because something was: the address says nothing."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "anlan_saved"
_SECONDS = 60


def go_to(address: str, saved: str) -> RedirectResponse:
    """Lead on to a page that is to say once what was saved; `saved` is a short code that it knows."""
    answer = RedirectResponse(address, 303)
    answer.set_cookie(COOKIE, saved, max_age=_SECONDS, httponly=True, samesite="lax")
    return answer


def what(request: Request) -> str:
    """The code of what was saved on the way to this page, "" where nothing was."""
    return request.cookies.get(COOKIE, "")


def once(request: Request, answer: Response) -> Response:
    """The answer, after which it is not said again."""
    if what(request):
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer
