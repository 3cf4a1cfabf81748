"""The cookie that holds the token of a browser's session."""

from fastapi import Request, Response

from sync_server.deps import SESSION_COOKIE


def keep(request: Request, answer: Response, token: str) -> None:
    """Let the browser have that token from now on."""
    answer.set_cookie(
        SESSION_COOKIE, token, httponly=True, samesite="lax", secure=is_https(request), path="/"
    )


def is_https(request: Request) -> bool:
    """Whether people reach this server by https, whatever stands before it."""
    public: str | None = request.app.state.settings.public_url
    return (public or str(request.url)).startswith("https:")
