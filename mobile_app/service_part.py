"""The base of those parts of the services that save records."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log.recording import Moment

if TYPE_CHECKING:
    from mobile_app.state.sync import SyncState
    from mobile_app.store.queries.access import PhoneAccess
    from mobile_app.sync.sync_loop import SyncLoop


class ServicePart:
    """`moment` and `offset_ms` (of the server's clock) are what all records are stamped with."""

    def __init__(
        self,
        state: "SyncState",
        database: PhoneDatabase,
        sync_loop: "SyncLoop",
        moment: Callable[[], Moment],
        offset_ms: Callable[[], int],
        access: "PhoneAccess",
    ) -> None:
        self._state, self._database, self._sync_loop = state, database, sync_loop
        self._moment, self._offset_ms, self._access = moment, offset_ms, access
