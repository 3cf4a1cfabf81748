"""Forms whose fields depend on what is asked: read as a whole, checked by the code that knows the fields."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from shared import problems


async def _form(request: Request) -> FormData:
    return await request.form(max_files=0, max_fields=300)


Given = Annotated[FormData, Depends(_form)]
"""Everything that the form says."""


def text_in(form: FormData, name: str, longest: int = 200) -> str:
    """One text of a form, "" where it is missing. Raises Problem invalid where it is too long."""
    text = form.get(name)
    if not isinstance(text, str):
        return ""
    whole = "".join(letter for letter in text if letter != "\0" and not "\ud800" <= letter <= "\udfff")
    if len(text) > longest or whole != text:  # a charset in the request's head can make half characters
        raise problems.invalid(errors=[{"path": name, "reason": "text_impossible"}])
    return text.strip()


def number_in(form: FormData, name: str, least: int = 0) -> int:
    """One whole number of a form. Raises Problem invalid where there is none, or none that can be."""
    text = text_in(form, name, 17)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or not least <= int(text) < 2**53:
        raise problems.invalid(errors=[{"path": name, "reason": "no_number"}])
    return int(text)
