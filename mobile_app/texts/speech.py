"""Formats record values in a language: vocabulary terms, names, problems, times and sizes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from shared.problems import Problem
from shared.towns import town_name
from shared.vocabulary import Term


class Speech:
    """Formatting methods shared by the texts of both languages."""

    __slots__ = ()
    language: Literal["zh", "en"]

    def of(self, term: Term) -> str:
        """The word for a vocabulary term."""
        return term.zh if self.language == "zh" else term.en

    def town(self, code: str | None) -> str:
        """The name of a town; "" for None."""
        return town_name(code, self.language)

    def listed(self, items: Iterable[str]) -> str:
        """The items joined with the language's list separator."""
        return ("、" if self.language == "zh" else ", ").join(items)

    def field(self, name: str) -> str:
        """The label of a record field."""
        from shared.profiles.registry import field_label

        return field_label(name, self.language) or name

    def problem(self, problem: Problem) -> str:
        """One plain sentence: what went wrong and what to do."""
        return self.why(problem.code, problem.details)

    def why(self, code: str, details: dict[str, object]) -> str:
        """The sentence for a problem stored as code and details."""
        from shared.problem_texts import sentence

        return sentence(code, details, self.language)

    def moment(self, iso: str | None) -> str:
        """A date and time in the phone's time zone; "" for None."""
        if not iso:
            return ""
        try:
            return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
        except ValueError:
            return iso

    def clock(self, iso: str | None, now: datetime) -> str:
        """A short date and time: only the time if it is on the same day as `now`."""
        moment = self.moment(iso)
        return moment[11:] if moment[:10] == now.astimezone().strftime("%Y-%m-%d") else moment[5:]

    def size(self, number: int) -> str:
        """A number of bytes in MB or KB."""
        return f"{number / 2**20:.1f} MB" if number >= 2**20 else f"{max(1, number // 1024)} KB"
