"""Says "saved" once on the next page, and only if something was saved: it is not in the address."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

COOKIE = "anlan_saved"
_SECONDS = 60


def go_to(address: str, saved: str) -> RedirectResponse:
    """Redirect to a page that is to say once what was saved; `saved` is a short code that it knows."""
    answer = RedirectResponse(address, 303)
    answer.set_cookie(COOKIE, saved, max_age=_SECONDS, httponly=True, samesite="lax")
    return answer


def what(request: Request) -> str:
    """The code of what was saved before this page, "" if nothing was."""
    return request.cookies.get(COOKIE, "")


def once(request: Request, answer: Response) -> Response:
    """The answer, after which the message is not shown again."""
    if what(request):
        answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer
