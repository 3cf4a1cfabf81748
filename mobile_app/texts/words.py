"""All texts of the phone app as one type, so that a missing translation is a type error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mobile_app.texts.filters import FilterTexts
from mobile_app.texts.home_visits import HomeVisitTexts
from mobile_app.texts.lock import LockTexts
from mobile_app.texts.maps import MapTexts
from mobile_app.texts.photos.photo_texts import PhotoTexts
from mobile_app.texts.risk import RiskTexts
from mobile_app.texts.same_place import SamePlaceTexts
from mobile_app.texts.scan import ScanTexts
from mobile_app.texts.settings import SettingsTexts
from mobile_app.texts.speech import Speech
from mobile_app.texts.today import TodayTexts
from mobile_app.texts.unsent import UnsentTexts
from shared.plural import plural
from shared.sync.wire import GivenRole
from shared.vocabulary import Role

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Texts(Speech):
    """The texts of one language. `{name}` is a placeholder that the caller fills in.

    Texts that depend on a count use the notation of `shared.plural`.
    """

    language: Language
    home_visits: HomeVisitTexts
    lock: LockTexts
    map: MapTexts
    risk: RiskTexts
    photo: PhotoTexts
    same_place: SamePlaceTexts
    scan: ScanTexts
    today: TodayTexts
    filters: FilterTexts
    unsent: UnsentTexts
    settings: SettingsTexts

    # The app as a whole
    app_name: str
    opening: str
    opening_hint: str
    closed_title: str
    try_again: str
    broken_title: str
    broken_text: str
    something_broke: str
    page_missing: str
    back: str
    cancel: str
    confirm: str
    tab_today: str
    tab_hazards: str
    tab_visits: str
    record_kinds: str
    tab_sync: str
    tab_me: str

    # Enrolment
    enrol_title: str
    enrol_text: str
    enrol_code: str
    enrol_code_hint: str
    home_screen_title: str
    home_screen_text: str
    in_app_title: str
    in_app_text: str
    your_code: str
    enrol_here: str
    device_name: str
    device_name_hint: str
    enrol: str
    enrolling: str
    code_missing: str
    device_name_missing: str

    # The list
    search: str
    search_hint: str
    clear_search: str
    filter_all: str
    filter_waiting: str
    just_saved: str
    clock_ahead: str  # of `by`, a duration
    clock_behind: str
    some_minutes: str
    some_hours: str
    some_days: str
    filter_to_rectify: str
    new_hazard: str
    none_yet: str
    none_yet_hint: str
    none_found: str
    none_found_hint: str
    unnamed: str
    due: str
    overdue: str
    has_conflicts: str
    sent_back_why: str
    not_accepted: str
    photos_delivered: str
    no_photo: str
    new_visit: str
    edit_visit: str
    visit_details: str
    visits_none: str
    visits_none_hint: str
    visits_none_found: str
    visits_search_hint: str
    visit_unplaced: str
    door_to_door: str
    next_household: str
    households: str
    leaflets: str
    people: str
    visit_delete: str
    visit_delete_ask: str
    visit_deleted: str
    visit_gone: str
    choose_hazard: str
    unlink_hazard: str

    # Uploading
    waiting: str
    uploading: str
    uploaded: str
    failed: str
    sync_now: str
    syncing: str
    sync_pushing: str
    sync_pulling: str
    sync_photos: str
    online: str
    offline: str
    nothing_waits: str
    waits: str
    hazards_wait: str
    visits_wait: str
    records_wait: str
    photos_wait: str
    hazards_failed: str
    visits_failed: str
    waits_for_network: str
    last_success: str
    never_synced: str
    saved_offline: str
    refused_records: str

    # The form
    edit_hazard: str
    draft_found: str
    draft_resumed: str
    draft_drop_ask: str
    draft_continue: str
    draft_drop: str
    draft_dropped: str
    draft_newer: str
    undo: str
    photos: str
    take_photo: str
    pick_photos: str
    preparing_photo: str
    remove_photo: str
    remove_photo_ask: str
    remove: str
    photo_of: str
    locate: str
    locating: str
    accuracy: str
    typed_position: str
    typed_position_bad: str
    coordinates: str
    coordinates_hint: str
    coordinates_read: str
    typed_position_datum: str
    use_position: str
    position_swapped: str
    swap_position: str
    position_far: str
    locating_newer: str
    position_aged: str
    aged: str
    mock_location: str
    clock_skewed: str
    locating_better: str
    use_now: str
    position_kept: str
    position_mocked: str
    position_clock: str
    position_old: str
    location_switches_iphone: str
    location_switches_android: str
    town_suggested: str
    fallback: str
    folded_empty: str
    accept_in_office: str
    folded_filled: str
    kit_all_missing: str
    kit_all_good: str
    kit_all_rest: str
    choose: str
    choose_none: str
    fill_in: str
    choose_one: str
    due_in_days: str
    due_pick: str
    due_none: str
    month: str
    month_before: str
    month_after: str
    weekdays: str  # from Monday, a space between two
    save: str
    saving: str
    missing_some: str
    leave_title: str
    leave_text: str
    leave_keep: str
    leave_drop: str
    leave_stay: str
    save_ask: str
    save_anyway: str
    save_not_yet: str
    evidence_missing: str
    photo_same: str
    camera_title: str
    camera_starting: str
    shutter: str
    use_photo: str
    retake: str

    # Details and steps
    details: str
    edit: str
    facts: str
    history: str
    reported_first: str
    temporary_prefix: str
    temporary_number: str
    not_given: str
    gone: str
    gone_kept: str
    copy: str
    steps: str
    also_status: str
    in_dispute: str
    shown_now: str
    keep_this: str
    keep_this_of: str
    write_other: str
    will_write: str
    will_empty: str
    emptied: str
    deletion: str
    delete_it: str
    keep_it: str
    office_decides: str
    this_phone: str
    other_phone: str
    web_browser: str
    refused_text: str
    report_again: str
    returned_text: str
    rejected_text: str
    photo_waiting: str
    photo_delivered: str
    photo_failed: str
    photo_remote: str
    photo_local: str
    photo_partly: str
    photo_sending: str
    photo_freed: str
    photo_open: str
    photo_fetching: str
    photo_large_later: str
    close: str
    retry: str
    number_bad: str
    count_bad: str
    time_bad: str
    time_hint: str
    too_long: str
    step_saved: str
    by_person: str

    # Sync and me
    sync_title: str
    waits_here: str
    person: str
    device: str
    server: str
    version: str
    campaign: str
    bytes_waiting: str
    sending_photo: str
    failed_photos: str
    retry_all: str
    open_record: str
    held: str
    held_send: str
    wifi_only: str
    wifi_only_hint: str
    wifi_unknown: str
    link: str
    link_good: str
    link_fair: str
    link_poor: str
    link_none: str
    link_dead: str
    link_unknown: str
    link_rate: str
    link_seconds: str
    freeing: str
    freeing_hint: str
    freeing_never: str
    freeing_days: str
    freeing_ask: str
    freeing_none: str
    freeing_yes: str
    verdicts: str
    verdicts_unread: str
    verdicts_heard: str
    verdict_discarded: str
    verdict_repaired: str
    verdict_saved: str
    verdict_heard: str
    renew: str
    renew_text: str
    renew_other_title: str
    renew_other: str
    renew_yes: str
    renewed: str
    me_title: str
    language_label: str
    language_zh: str
    language_en: str
    scope: str
    scope_all: str
    scope_some: str
    scope_choose: str
    scope_hint: str
    storage_used: str
    storage_kept: str
    storage_kept_yes: str
    storage_kept_no: str
    storage_evictable: str
    about: str
    about_text: str
    whole_city: str
    whole_school: str
    cannot_record: str
    cannot_continue: str

    def role_and_place(self, given: GivenRole) -> str:
        """A role and where the person has it: 教师 · 虎门实验小学 · 三(2)班."""
        role = self.of(Role(given.role)) if given.role in set(Role) else given.role
        where = self.listed(map(self.town, given.towns)) or self.whole_city
        if given.school:
            classes = self.listed(given.classes) or self.whole_school
            where = f"{given.school_name or given.school} · {classes}"
        return f"{role} · {where}"

    def scope_of(self, towns: Sequence[str]) -> str:
        """The names of the towns, or their number if there are more than three."""
        if not towns:
            return self.scope_all
        if len(towns) > 3:
            return plural(self.scope_some, len(towns))
        return self.listed(map(self.town, towns))
