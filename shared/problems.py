"""All problems that the system can report: each has a code, an HTTP status and details (data, not prose)."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its stable `code` and its HTTP `status`."""

    code: str
    status: int

    def __call__(self, **details: Any) -> "Problem":
        """A problem of this kind with JSON-ready `details`."""
        return Problem(self, details)


class Problem(Exception):
    """An error that a person or a client can act on. Any other exception is a bug."""

    def __init__(self, kind: Kind, details: dict[str, Any]) -> None:
        super().__init__(kind.code, details)
        self.kind = kind
        self.details = details

    @property
    def code(self) -> str:
        return self.kind.code

    def as_json(self) -> dict[str, Any]:
        """The JSON shape of every error: `{code, details}`."""
        return {"code": self.kind.code, "details": self.details}


# The request
malformed_json = Kind("malformed_json", 400)
too_deep = Kind("too_deep", 400)
invalid = Kind("invalid", 422)  # details.errors: [{path, reason}]
unknown_field = Kind("unknown_field", 422)
body_too_large = Kind("body_too_large", 413)
bad_encoding = Kind("bad_encoding", 400)
body_too_slow = Kind("body_too_slow", 503)
unsupported_encoding = Kind("unsupported_encoding", 415)
not_found = Kind("not_found", 404)
method_not_allowed = Kind("method_not_allowed", 405)
cross_site = Kind("cross_site", 403)
overloaded = Kind("overloaded", 503)
export_too_long = Kind("export_too_long", 413)  # details.limit: the most rows
storage_full = Kind("storage_full", 507)
database_unavailable = Kind("database_unavailable", 503)  # away, unreadable or read-only
photos_unavailable = Kind("photos_unavailable", 503)  # the folder of photos is away or cannot be written
too_many_attempts = Kind("too_many_attempts", 429)
too_many_changes = Kind("too_many_changes", 429)  # details.what: a `Burst`
too_many_devices = Kind("too_many_devices", 429)
internal = Kind("internal", 500)

# Identity and permission
sign_in_required = Kind("sign_in_required", 401)
sign_in_failed = Kind("sign_in_failed", 401)
second_factor_unavailable = Kind("second_factor_unavailable", 503)  # its key file cannot be used
second_factor_wrong = Kind("second_factor_wrong", 401)  # or used before
token_invalid = Kind("token_invalid", 401)
code_invalid = Kind("code_invalid", 403)
link_invalid = Kind("link_invalid", 403)
role_forbidden = Kind("role_forbidden", 403)
out_of_scope = Kind("out_of_scope", 403)  # the record, or where it is moved to, lies outside what was granted
campaign_foreign = Kind("campaign_foreign", 403)
name_taken = Kind("name_taken", 409)
name_unclear = Kind("name_unclear", 422)  # letters that nobody sees, or like a name of the system
own_account = Kind("own_account", 409)
last_administrator = Kind("last_administrator", 409)  # somebody must be left who manages people
grant_too_wide = Kind("grant_too_wide", 403)  # wider than what the giver manages
scope_unfit = Kind("scope_unfit", 422)  # a school for a role of towns, or the other way round
people_file_unreadable = Kind("people_file_unreadable", 422)
people_file_too_large = Kind("people_file_too_large", 413)
nobody_chosen = Kind("nobody_chosen", 422)
people_columns_missing = Kind("people_columns_missing", 422)
class_in_use = Kind("class_in_use", 409)  # another class of the school has the name
password_weak = Kind("password_weak", 422)  # too short or too long
password_guessable = Kind("password_guessable", 422)

# Operations and the log
operation_rewritten = Kind("operation_rewritten", 409)
epoch_changed = Kind("epoch_changed", 409)
operation_too_large = Kind("operation_too_large", 413)
quarantine_full = Kind("quarantine_full", 429)  # too much of this phone waits for the office
device_foreign = Kind("device_foreign", 403)
author_foreign = Kind("author_foreign", 403)
record_type_restricted = Kind("record_type_restricted", 403)
record_type_mismatch = Kind("record_type_mismatch", 409)
record_of_others = Kind("record_of_others", 403)  # others wrote it or worked on it
record_removed = Kind("record_removed", 409)  # edited after a reviewer deleted it
record_settled = Kind("record_settled", 409)  # closed, unfounded or merged
event_written = Kind("event_written", 409)  # timeline events are immutable
schema_unknown = Kind("schema_unknown", 422)
discarded = Kind("discarded", 409)  # details.reason: why the office discarded a quarantined operation
repaired = Kind("repaired", 409)  # the office replaced it with a corrected operation
quarantine_settled = Kind("quarantine_settled", 409)
conflict_changed = Kind("conflict_changed", 409)  # it was settled, or another value was written

# Home visits
envelope_unreadable = Kind("envelope_unreadable", 422)
envelope_too_large = Kind("envelope_too_large", 413)
envelope_rewritten = Kind("envelope_rewritten", 409)  # the same number with other content
envelope_key_unknown = Kind("envelope_key_unknown", 409)
envelope_key_destroyed = Kind("envelope_key_destroyed", 410)
envelope_sealed_wrong = Kind("envelope_sealed_wrong", 422)  # it does not open, or holds another visit
device_mismatch = Kind("device_mismatch", 403)  # sealed on a phone that the sender never was
keys_unavailable = Kind("keys_unavailable", 503)  # the key file is missing, wrong or readable by others
key_in_use = Kind("key_in_use", 409)  # of a school year that has not ended
own_request = Kind("own_request", 403)  # a second person decides
export_decided = Kind("export_decided", 409)
export_not_approved = Kind("export_not_approved", 403)
export_expired = Kind("export_expired", 410)
handover_open = Kind("handover_open", 409)  # some of the home visits are offered already
handover_needless = Kind("handover_needless", 409)  # they are in that class already
handover_nobody = Kind("handover_nobody", 409)  # nobody there may have them
handover_settled = Kind("handover_settled", 409)
plan_settled = Kind("plan_settled", 409)  # it was approved, or there is none to approve
consent_missing = Kind("consent_missing", 422)

# Files with what a phone has not sent
unsent_file_damaged = Kind("unsent_file_damaged", 422)  # cut, changed, or something else
unsent_file_foreign = Kind("unsent_file_foreign", 409)  # sealed to a key that this server does not have
unsent_file_too_large = Kind("unsent_file_too_large", 413)  # details.limit: bytes
unsent_sender_unknown = Kind("unsent_sender_unknown", 409)  # no phone of this server had its token
unsent_not_theirs = Kind("unsent_not_theirs", 409)  # of another person than was named; details.person
office_key_unavailable = Kind("office_key_unavailable", 503)  # its file is missing or cannot be used
access_ended = Kind("access_ended", 403)  # handed in for a phone whose access had ended

# The command line (the status is not used)
setting_invalid = Kind("setting_invalid", 0)  # details.setting: its name
folder_unusable = Kind("folder_unusable", 0)  # details.path
data_missing = Kind("data_missing", 0)  # details.path
data_there = Kind("data_there", 0)  # details.path
program_missing = Kind("program_missing", 0)  # details.program
backup_key_missing = Kind("backup_key_missing", 0)
backup_key_other = Kind("backup_key_other", 0)
backup_key_changed = Kind("backup_key_changed", 0)  # details.path: in it stands another key than here
backup_key_wrong = Kind("backup_key_wrong", 0)
backup_missing = Kind("backup_missing", 0)  # details.path
backup_damaged = Kind("backup_damaged", 0)  # details.what: the file
backup_newer = Kind("backup_newer", 0)  # made by a newer version
backup_not_written = Kind("backup_not_written", 0)  # details.path, why
backup_other_database = Kind("backup_other_database", 0)  # details.backup, here: their dialects

# The lifecycle of a hazard
hazard_unknown = Kind("hazard_unknown", 404)
step_not_open = Kind("step_not_open", 409)
too_many_steps = Kind("too_many_steps", 409)  # of one person on one hazard
too_many_photos = Kind("too_many_photos", 409)  # of one person on one hazard or visit; details.limit
acceptor_is_rectifier = Kind("acceptor_is_rectifier", 403)
rectification_missing = Kind("rectification_missing", 409)
after_photo_missing = Kind("after_photo_missing", 409)
after_photo_awaited = Kind("after_photo_awaited", 409)
evidence_elsewhere = Kind("evidence_elsewhere", 422)  # accepted without a reason
merge_target_gone = Kind("merge_target_gone", 409)  # deleted, unfounded, merged itself, or the same
merge_takes_away = Kind("merge_takes_away", 409)  # a closed hazard into one that is not
merged_hazards_here = Kind("merged_hazards_here", 409)  # deleted, though others are merged into it
merged_into_deleted = Kind("merged_into_deleted", 409)  # restored, though what it is merged into is deleted
told_apart_too_often = Kind("told_apart_too_often", 409)  # details.limit, of both hazards
deadline_impossible = Kind("deadline_impossible", 422)  # details.due_date, details.found_on
deadline_doubtful = Kind("deadline_doubtful", 409)  # asked about once
position_swapped = Kind("position_swapped", 422)  # details.lat, details.lon: what was probably meant
position_doubtful = Kind("position_doubtful", 409)  # outside Dongguan; asked about once
year_impossible = Kind("year_impossible", 422)
finding_impossible = Kind("finding_impossible", 422)
hazard_changed = Kind("hazard_changed", 409)
reason_missing = Kind("reason_missing", 422)

# Photos
photo_not_an_image = Kind("photo_not_an_image", 415)
photo_unreadable = Kind("photo_unreadable", 415)  # no bytes came at all
photo_format_unsupported = Kind("photo_format_unsupported", 415)  # details.format: HEIC or AVIF
photo_type_mismatch = Kind("photo_type_mismatch", 415)
photo_too_large = Kind("photo_too_large", 413)
photo_too_many_pixels = Kind("photo_too_many_pixels", 413)
photo_hash_mismatch = Kind("photo_hash_mismatch", 422)
photo_not_here = Kind("photo_not_here", 404)
photos_unnamed = Kind("photos_unnamed", 429)  # no record names what this person's phones sent
upload_unknown = Kind("upload_unknown", 404)
upload_offset_conflict = Kind("upload_offset_conflict", 409)
upload_checksum_mismatch = Kind("upload_checksum_mismatch", 460)
upload_checksum_unsupported = Kind("upload_checksum_unsupported", 400)
tus_version_unsupported = Kind("tus_version_unsupported", 412)

# Phone only (the status is not used)
not_our_server = Kind("not_our_server", 0)
server_unreachable = Kind("server_unreachable", 0)
photo_gone = Kind("photo_gone", 0)  # neither the phone nor the server has the original
device_storage_full = Kind("device_storage_full", 0)
storage_blocked = Kind("storage_blocked", 0)
opened_elsewhere = Kind("opened_elsewhere", 0)
location_denied = Kind("location_denied", 0)
location_off = Kind("location_off", 0)
location_timeout = Kind("location_timeout", 0)
location_imprecise = Kind("location_imprecise", 0)  # details.metres
camera_unavailable = Kind("camera_unavailable", 0)
required_missing = Kind("required_missing", 0)
record_unreadable = Kind("record_unreadable", 0)
sealing_unavailable = Kind("sealing_unavailable", 0)  # the page came over plain http
pin_wrong = Kind("pin_wrong", 0)  # of the app, or of the draft of a home visit
pin_wait = Kind("pin_wait", 0)  # details.seconds
seal_key_missing = Kind("seal_key_missing", 0)  # no key of the server is known here yet
office_key_missing = Kind("office_key_missing", 0)  # the server has not told it to this phone yet
saves_damaged = Kind("saves_damaged", 0)  # details.count

ALL: tuple[Kind, ...] = tuple(kind for kind in list(globals().values()) if isinstance(kind, Kind))
