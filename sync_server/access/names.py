"""Names of people and devices: which are allowed, and when two of them look the same."""

import re
import unicodedata

LONGEST = 60
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u034f\u180b\u180c\u180d\u180f\u17b4\u17b5")
_VARIANTS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OF_THE_SYSTEM = re.compile(
    "anlan|安澜|系统|官方|客服|服务器|管理员|管理|administrator|admin|system|support|server|root|official"
)
_SEPARATORS = re.compile(r"[、,，;；\n\r]+")
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")


def tidy(name: str) -> str:
    """The name as it is stored: composed (NFC), with single spaces between words."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def is_name(name: str) -> bool:
    """Whether a tidy name has a visible character and is not too long."""
    return 0 < len(name) <= LONGEST and any(unicodedata.category(letter)[0] in "LN" for letter in name)


def is_clear(name: str) -> bool:
    """Whether everybody can see what a tidy name says.

    It has no invisible letters or ones that change the direction of writing, and does not mix alphabets that
    look alike.
    """
    if any(letter in _FILLERS or not _is_seen(letter) for letter in name) or _VARIANTS.search(name):
        return False
    return len({alphabet for letter in name if (alphabet := _alphabet(letter))}) < 2


def imitates_system(name: str) -> bool:
    """Whether a name could be mistaken for the system's, such as "Anlan 管理员"."""
    plain = key(name)
    return bool(_OF_THE_SYSTEM.search(plain)) and not _OF_THE_SYSTEM.sub("", plain).strip("0123456789")


def key(name: str) -> str:
    """The same for names that look the same: without case, width, spaces and punctuation."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in folded if unicodedata.category(letter)[0] in "LNM")


def listed_in(text: str) -> list[str]:
    """The names in a text that separates them by commas, semicolons or lines, of either script."""
    return [name.strip() for name in _SEPARATORS.split(text) if name.strip()]


def _is_seen(letter: str) -> bool:
    return letter == " " or unicodedata.category(letter)[0] in "LMNPS"


def _alphabet(letter: str) -> str | None:
    if unicodedata.category(letter)[0] != "L":
        return None
    letter_name = unicodedata.name(letter, "")
    return next((alphabet for alphabet in _ALPHABETS if letter_name.startswith(alphabet)), None)
