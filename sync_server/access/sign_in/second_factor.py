"""A second factor: the codes of an authenticator app (TOTP, RFC 6238), and recovery codes in its stead."""

import secrets
import unicodedata
from contextlib import suppress

import pyotp
from sqlalchemy import delete, func, text, update
from sqlmodel import Session, select

from shared import problems
from shared.problems import Problem
from shared.sync.wire import CODE_ALPHABET
from sync_server.access import audit, people, tokens
from sync_server.access.people import Person
from sync_server.access.sign_in.secret_box import SecretBox, is_sealed
from sync_server.database.tables import PersonRow, RecoveryCodeRow, SecondFactorRow, SignInStepRow
from sync_server.database.timestamps import later, now_ms, now_text

ISSUER = "Anlan"
STEP_S = 30
DIGITS = 6
SUSPICIOUS = 5
"""From how many wrong codes in a row the owner of an account is told: somebody may know the password."""
SKEW = 1
"""How many steps an app's clock may be ahead or behind."""
RECOVERY_CODES = 10
RECOVERY_LETTERS = 12
STEP_MINUTES = 10
"""How long a right password waits for its code."""
_FACTOR, _CODE, _STEP = (
    row.metadata.tables[str(row.__tablename__)] for row in (SecondFactorRow, RecoveryCodeRow, SignInStepRow)
)


def since(session: Session, person: str) -> str | None:
    """Since when somebody needs a code to sign in; None where they do not."""
    row = session.get(SecondFactorRow, person)
    return row.since if row else None


def begin(session: Session, box: SecretBox, person: str) -> None:
    """Make a secret for somebody's app, which counts once it is confirmed, unless one counts already.

    Raises Problem second_factor_unavailable.
    """
    row = session.get(SecondFactorRow, person, with_for_update=True)
    if row is None or row.since is None:
        kept = box.seal(person, pyotp.random_base32(), may_make=not _sealed(session))
        session.merge(SecondFactorRow(person=person, secret=kept))


def unconfirmed(session: Session, box: SecretBox, person: str) -> str | None:
    """The secret that somebody has still to confirm; None too where it cannot be read."""
    row = session.get(SecondFactorRow, person)
    if row is None or row.since is not None:
        return None
    with suppress(Problem):
        return box.open(person, row.secret)
    return None


def encrypt_all(session: Session, box: SecretBox) -> None:
    """Encrypt the secrets that an earlier version kept as they are. Problem: second_factor_unavailable."""
    plain = [row for row in session.exec(select(SecondFactorRow)) if not is_sealed(row.secret)]
    if not plain:
        return
    if session.get_bind().dialect.name == "sqlite":  # or what goes would stay in free parts of the file
        session.execute(text("PRAGMA secure_delete = ON"))
    for row in plain:
        row.secret = box.seal(row.person, row.secret, may_make=not _sealed(session))
        session.add(row)


def trouble(session: Session, box: SecretBox) -> str:
    """Why secrets cannot be read, as `details.why` of second_factor_unavailable; "" if they can."""
    row = _sealed(session)
    if row is not None:
        try:
            box.open(row.person, row.secret)
        except Problem as problem:
            return str(problem.details["why"])
    return ""


def _sealed(session: Session) -> SecondFactorRow | None:
    """Some row with an encrypted secret: while there is one, no new key may be made."""
    return next((row for row in session.exec(select(SecondFactorRow)) if is_sealed(row.secret)), None)


def address(secret: str, name: str) -> str:
    """What an app reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm(session: Session, box: SecretBox, person: str, code: str) -> list[str]:
    """Let the secret count, after a code of the app that has it; the new recovery codes.

    Problems: second_factor_wrong, second_factor_unavailable.
    """
    row = session.get(SecondFactorRow, person, with_for_update=True)
    step = _step(box.open(person, row.secret), code) if row else None
    if row is None or row.since is not None or step is None:
        raise problems.second_factor_wrong()
    row.since, row.last_step = now_text(), step
    session.add(row)
    audit.note(session, "second_factor_on", person=person)
    return _fresh_codes(session, person)


def renew_codes(session: Session, person: str) -> list[str]:
    """New recovery codes instead of the old ones; none where no app is needed."""
    if since(session, person) is None:
        return []
    audit.note(session, "recovery_codes_made", person=person)
    return _fresh_codes(session, person)


def codes_left(session: Session, person: str) -> int:
    """How many recovery codes were not used yet."""
    found = session.execute(select(func.count()).select_from(_CODE).where(_CODE.c.person == person))
    return int(found.scalar_one())


def turn_off(session: Session, person: str, by: str | None) -> None:
    """Let somebody sign in without a code; `by` themselves, an administrator, or None in the terminal."""
    removed = [
        session.execute(delete(table).where(table.c.person == person)) for table in (_FACTOR, _CODE, _STEP)
    ]
    if removed[0].rowcount:  # type: ignore[attr-defined]
        action = "second_factor_off" if by == person else "second_factor_reset"
        audit.note(session, action, person=by, subject="" if by == person else person)


def wait(session: Session, person: str) -> str:
    """The token of a browser in which somebody's password was right, and whose code is awaited."""
    token = tokens.fresh()
    session.execute(delete(_STEP).where(_STEP.c.expires_at <= now_text()))
    until = later(minutes=STEP_MINUTES)
    session.add(SignInStepRow(token_hash=tokens.hashed(token), person=person, expires_at=until))
    return token


def waiting(session: Session, token: str) -> str:
    """Whose code is awaited there. Raises Problem sign_in_required."""
    row = session.get(SignInStepRow, tokens.hashed(token))
    if row is None or row.expires_at <= now_text():
        raise problems.sign_in_required()
    return row.person


def is_of_app(code: str) -> bool:
    """Whether that has the form of an app's code, which can be guessed, and not of a recovery code."""
    typed = _plain(code)
    return len(typed) == DIGITS and typed.isdigit()


def attempts_key(session: Session, person: str) -> str:
    """What `Attempts` limits somebody's codes by: another with each password, so that counts begin anew."""
    return tokens.hashed(f"{person} {session.get_one(PersonRow, person).password_hash}")


def count_wrong(session: Session, person: str) -> None:
    """Note that a wrong code was typed after the right password."""
    more = {"wrong_codes": _FACTOR.c.wrong_codes + 1, "wrong_at": now_text()}
    session.execute(update(_FACTOR).where(_FACTOR.c.person == person).values(more))


def wrong_codes(session: Session, person: str) -> tuple[int, str] | None:
    """How many wrong codes were typed, and when the last, if too many for slips of the owner; else None."""
    row = session.get(SecondFactorRow, person)
    return (row.wrong_codes, row.wrong_at or "") if row and row.wrong_codes >= SUSPICIOUS else None


def redeem(session: Session, box: SecretBox, token: str, code: str) -> Person:
    """Whose code is awaited, and was right; it is used up, as the waiting is over.

    Problems: sign_in_required, second_factor_wrong (also for a code that was used before), and
    second_factor_unavailable, but not for recovery codes.
    """
    person = waiting(session, token)
    used = session.execute(delete(_STEP).where(_STEP.c.token_hash == tokens.hashed(token)))
    row = session.get_one(PersonRow, person)
    if not used.rowcount or not row.active:  # type: ignore[attr-defined]
        raise problems.sign_in_required()
    if not (is_of_app(code) and _is_new(session, box, person, code)):
        _use_recovery_code(session, person, code)
    if wrong_codes(session, person) is None:
        people.forget_wrong_codes(session, person)
    return people.of_row(session, row)


def _is_new(session: Session, box: SecretBox, person: str, code: str) -> bool:
    """Whether the app shows that code about now, and none of that time or later was used."""
    row = session.get(SecondFactorRow, person)
    step = _step(box.open(person, row.secret), code) if row and row.since else None
    if step is None:
        return False
    counts = update(_FACTOR).where(_FACTOR.c.person == person, _FACTOR.c.last_step < step)
    return bool(session.execute(counts.values(last_step=step)).rowcount)  # type: ignore[attr-defined]


def _step(secret: str, code: str) -> int | None:
    """The step for which the app shows that code; None where it is not one of about now."""
    totp, typed = pyotp.TOTP(secret, interval=STEP_S), _plain(code)
    present = now_ms() // (STEP_S * 1000)
    steps = range(present - SKEW, present + SKEW + 1)
    return next((step for step in steps if secrets.compare_digest(totp.generate_otp(step), typed)), None)


def _fresh_codes(session: Session, person: str) -> list[str]:
    session.execute(delete(_CODE).where(_CODE.c.person == person))
    codes = [
        "".join(secrets.choice(CODE_ALPHABET) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES)
    ]
    session.add_all(RecoveryCodeRow(code_hash=_hashed(person, code), person=person) for code in codes)
    return ["-".join(code[at : at + 4] for at in range(0, RECOVERY_LETTERS, 4)) for code in codes]


def _use_recovery_code(session: Session, person: str, code: str) -> None:
    its = (_CODE.c.code_hash == _hashed(person, _plain(code)), _CODE.c.person == person)
    if not session.execute(delete(_CODE).where(*its)).rowcount:  # type: ignore[attr-defined]
        raise problems.second_factor_wrong()
    audit.note(session, "recovery_code_used", person=person, count=codes_left(session, person))


def _plain(code: str) -> str:
    """The letters and digits of a code, however it was typed."""
    typed = unicodedata.normalize("NFKC", code).upper()
    return "".join(letter for letter in typed if letter.isascii() and letter.isalnum())


def _hashed(person: str, code: str) -> str:
    return tokens.hashed(f"recovery {person} {code}")
