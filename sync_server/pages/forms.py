"""Reads forms whose fields vary: the whole form, checked by the code that knows the fields."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from shared import problems


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=300)


Given = Annotated[FormData, Depends(_form)]
"""All values of the form."""


def text_in(form: FormData, name: str, longest: int = 200) -> str:
    """A text of a form, "" if it is missing. Raises Problem invalid if it is too long."""
    text = form.get(name)
    return _checked(text, name, longest) if isinstance(text, str) else ""


def texts_in(form: FormData, name: str, longest: int = 200) -> list[str]:
    """The texts of that name in a form, each once. Raises as `text_in`."""
    given = [_checked(text, name, longest) for text in form.getlist(name) if isinstance(text, str)]
    return list(dict.fromkeys(given))


def _checked(text: str, name: str, longest: int) -> str:
    whole = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    if len(text) > longest or whole != text:  # a charset in the request's head can make half characters
        raise problems.invalid(errors=[{"path": name, "reason": "text_impossible"}])
    return text.strip()


def number_in(form: FormData, name: str, least: int = 0) -> int:
    """A whole number of a form. Raises Problem invalid if it is missing or impossible."""
    text = text_in(form, name, 17)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or not least <= int(text) < 2**53:
        raise problems.invalid(errors=[{"path": name, "reason": "no_number"}])
    return int(text)
