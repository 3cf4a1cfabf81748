"""The server's tables: the log, the records folded from it, people, devices and photo files.

The campaign is the first column of every key and index of field data, so the data can be spread by it.
Moments are ISO 8601 text in UTC, days ISO text; `state` columns hold `shared.merge.to_json`.
"""

from sync_server.database.rows.audit import AuditEndRow, AuditRow
from sync_server.database.rows.campaigns import (
    FOLDED,
    CampaignCounterRow,
    CampaignRow,
    LedgerCounterRow,
    TargetRow,
)
from sync_server.database.rows.devices import DeviceRow, EnrolmentCodeRow, ReplacedTokenRow
from sync_server.database.rows.home_visits import (
    HomeVisitExportRow,
    HomeVisitHandoverRow,
    HomeVisitKeyRow,
    HomeVisitRow,
    SealedQuarantineRow,
)
from sync_server.database.rows.log import OperationRow, QuarantineRow, TownHistoryRow
from sync_server.database.rows.people import GrantRow, PeopleImportRow, PersonRow, SchoolRow
from sync_server.database.rows.photo_files import PhotoFileRow, PhotoHolderRow, UploadRow
from sync_server.database.rows.records import (
    EducationVisitRow,
    HazardEventRow,
    HazardRow,
    PhotoRow,
    RecordRow,
)
from sync_server.database.rows.sign_in import (
    AttemptRow,
    RecoveryCodeRow,
    SecondFactorRow,
    SignInLinkRow,
    SignInStepRow,
    WebSessionRow,
)
from sync_server.database.rows.table import Table

__all__ = [
    "FOLDED",
    "AttemptRow",
    "AuditEndRow",
    "AuditRow",
    "CampaignCounterRow",
    "CampaignRow",
    "DeviceRow",
    "EducationVisitRow",
    "EnrolmentCodeRow",
    "GrantRow",
    "HazardEventRow",
    "HazardRow",
    "HomeVisitExportRow",
    "HomeVisitHandoverRow",
    "HomeVisitKeyRow",
    "HomeVisitRow",
    "LedgerCounterRow",
    "OperationRow",
    "PeopleImportRow",
    "PersonRow",
    "PhotoFileRow",
    "PhotoHolderRow",
    "PhotoRow",
    "QuarantineRow",
    "RecordRow",
    "RecoveryCodeRow",
    "ReplacedTokenRow",
    "SchoolRow",
    "SealedQuarantineRow",
    "SecondFactorRow",
    "SignInLinkRow",
    "SignInStepRow",
    "Table",
    "TargetRow",
    "TownHistoryRow",
    "UploadRow",
    "WebSessionRow",
]
