"""How a language says what comes out of the records: words of closed lists, names, sentences, moments."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from shared.problems import Problem
from shared.towns import town_name
from shared.vocabulary import Term


class Speech:
    """What the texts of a language can say beyond their own words."""

    __slots__ = ()
    language: Literal["zh", "en"]

    def of(self, term: Term) -> str:
        """The word of a closed list."""
        return term.zh if self.language == "zh" else term.en

    def town(self, code: str | None) -> str:
        """The name of a town, "" where there is none."""
        return town_name(code, self.language)

    def listed(self, several: Iterable[str]) -> str:
        """One after the other, as the language writes it."""
        return ("、" if self.language == "zh" else ", ").join(several)

    def field(self, name: str) -> str:
        """What people call a field of the records."""
        from shared.profiles.registry import field_label

        return field_label(name, self.language) or name

    def problem(self, problem: Problem) -> str:
        """One plain sentence: what is wrong and what to do."""
        return self.why(problem.code, problem.details)

    def why(self, code: str, details: dict[str, object]) -> str:
        """The sentence for a problem that was kept as its code and details."""
        from shared.problem_texts import sentence

        return sentence(code, details, self.language)

    def moment(self, iso: str | None) -> str:
        """A moment as people read it, in the phone's own time zone; "" where there is none."""
        if not iso:
            return ""
        try:
            return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M")
        except ValueError:
            return iso

    def clock(self, iso: str | None, now: datetime) -> str:
        """A moment in few letters: the time alone where it is of the same day as `now`."""
        said = self.moment(iso)
        return said[11:] if said[:10] == now.astimezone().strftime("%Y-%m-%d") else said[5:]

    def size(self, number: int) -> str:
        """A number of bytes as people read it."""
        return f"{number / 2**20:.1f} MB" if number >= 2**20 else f"{max(1, number // 1024)} KB"
