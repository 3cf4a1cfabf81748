"""Which steps somebody may take at all, as far as it shows without the log."""

from shared import problems
from shared.operations import Operation, RecordType
from sync_server.access.policy import Access
from sync_server.log import town_check


def check_role(operation: Operation, access: Access) -> None:
    """Raise Problem role_forbidden where the author may do that nowhere."""
    if not access.can(town_check.action_of(operation)):
        step = {"step": operation.fields["event_type"]} if operation.type == RecordType.HAZARD_EVENT else {}
        raise problems.role_forbidden(**step, role=access.person.role.value)
