"""The command `anlan audit`: whether the audit log is as it was written."""

import re
from typing import Annotated

import typer

from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

audit = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The audit log.")
_NOTED = re.compile(r"([1-9]\d{0,17}):([0-9a-f]{64})")


@audit.callback()
def _group() -> None:
    """Make `verify` a sub-command, though it is the only one."""


@audit.command()
def verify(
    data: Data = VAR,
    expect: Annotated[
        list[str] | None,
        typer.Option(help="the end that was printed before, NUMBER:HASH; repeat for several"),
    ] = None,
) -> None:
    """Read the whole audit log and say which rows were changed, moved or removed; exit code 1 if any was."""
    from sync_server.database.transactions import reading
    from sync_server.maintenance import audit_check, setup
    from sync_server.maintenance.audit_check import What

    sentences = {
        What.CHANGED: console.AUDIT_CHANGED,
        What.REPLACED: console.AUDIT_REPLACED,
        What.MISSING: console.AUDIT_MISSING,
        What.AFTER_END: console.AUDIT_AFTER_END,
        What.NOT_AS_NOTED: console.AUDIT_NOT_AS_NOTED,
    }
    noted = dict(_parse(text) for text in expect or ())
    with reading(setup.open_existing(settings_of(data))) as session:
        report = audit_check.check(session, noted)
    for restored in report.restored:
        print(console.AUDIT_RESTORED.text(number=restored.number, at=restored.at))
    for fault in report.faults:
        print(sentences[fault.what].text(number=fault.number, last=fault.last))
    if not report.found:
        print(console.AUDIT_WHOLE.text(rows=report.rows))
        print(report.end)
        return
    if report.found > len(report.faults):
        print(console.AUDIT_MORE.text(more=report.found - len(report.faults)))
    print(console.AUDIT_BROKEN.text(faults=report.found))
    raise SystemExit(1)


def _parse(text: str) -> tuple[int, str]:
    parts = _NOTED.fullmatch(text.strip())
    if parts is None:
        raise typer.BadParameter(text, param_hint="--expect")
    return int(parts[1]), parts[2]
