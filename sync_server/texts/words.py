"""All texts of the server's pages as one type, so that a missing translation is a type error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from shared.operations import Kind
from shared.vocabulary import EducationVisitType, Status

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, with placeholders in braces. `glyphs` are shown next to a status colour."""

    code: Language
    lang: str
    other_lang: str
    other_language: str
    glyphs: Mapping[Status, str]
    visit_glyphs: Mapping[EducationVisitType, str]

    # Every page
    product: str
    skip_to_content: str
    navigation: str
    menu: str
    map: str
    ledger: str
    visits: str
    visits_in_all: str
    visit_kind: str
    visit_place: str
    visit_date: str
    week: str
    from_day: str
    to_day: str
    no_date: str
    not_said: str
    presenter: str
    visit_sums: str
    sums_by: str
    visits_count: str
    headcount: str  # of several visits: who came twice counts twice
    people_reached: str  # of one visit
    households: str
    leaflets: str
    letters_issued: str
    receipts_returned: str
    receipt_rate: str
    letters_and_receipts: str
    sum_of_all: str
    lines_left_out: str
    no_visits: str
    visit_is_deleted: str
    visit_facts: str
    linked_hazards: str
    hazards_out_of_sight: str
    audit: str
    audit_in_all: str
    audit_action: str
    audit_subject: str
    audit_at: str
    audit_details: str
    audit_end: str
    audit_terminal: str
    audit_unknown: str
    no_audit_rows: str
    colon: str
    people: str
    devices: str
    quarantine: str
    sign_out: str
    all: str
    overdue: str
    list_separator: str
    list_stop: str

    # Signing in
    sign_in: str
    sign_in_lead: str
    sign_in_help: str
    name: str
    password: str
    set_password: str
    welcome_lead: str
    new_password: str
    password_again: str
    password_rule: str
    passwords_differ: str
    own_account: str

    # Problems
    problem_title: str
    problem_code: str
    go_back: str

    # The reader's page of the API
    api: str
    api_lead: str
    api_parameters: str
    api_request: str
    api_answers: str
    api_steps: str
    api_schemas: str
    api_name: str
    api_values: str
    api_required: str
    api_roles: str

    # The filter
    filter: str
    filter_on: str
    town: str
    no_town: str
    status: str
    risk_level: str
    search: str
    search_hint: str
    only_overdue: str
    only_in_box: str
    only_counted: str
    only_open: str
    only_found_from: str
    only_found_to: str
    apply_filter: str
    clear_filter: str
    in_all: str
    nothing_found: str

    # The map
    map_title: str
    internal_map: str
    legend: str
    target_progress: str
    year_named: str
    of_own_towns: str
    choose_year: str
    progress_line: str
    without_position: str
    show_in_ledger: str
    map_help: str
    map_is_gcj: str
    zoom_in: str
    zoom_out: str
    cluster_label: str
    open_hazard: str
    hazards_here: str
    more_here: str
    visit_unplaced: str
    visit_cluster_label: str
    open_visit: str
    visits_here: str
    more_visits_here: str
    visits_on_map: str
    loading_failed: str
    retry: str
    close: str

    # The ledger
    show_on_map: str
    export_xlsx: str
    export_csv: str
    export_geojson: str
    export_writing: str
    export_written: str
    photo: str
    photo_of: str
    photo_awaited: str
    no_photo: str
    in_conflict: str
    masked_note: str
    and_number: str
    responsible: str
    due_date: str
    submitted: str
    found: str
    pages: str
    previous_page: str
    next_page: str
    no_number: str

    # One hazard
    facts: str
    kit: str
    kit_item: str
    kit_state: str
    kit_count: str
    not_recorded: str
    photos: str
    photos_arrived: str
    mock_location: str
    clock_skewed: str
    faces_unchecked: str
    place: str
    no_position: str
    position_line: str
    position_accuracy: str
    position_age: str
    history: str
    is_deleted: str
    risk_incomplete: str
    risk_score: str
    by_browser: str
    created: str
    edited: str
    deleted: str
    restored: str
    photo_added: str
    photo_removed: str
    conflicts: str
    conflict_lead: str
    conflict_lead_inspector: str
    no_conflicts: str
    status_conflict: str
    it_holds: str
    phone_time: str
    browser_time: str
    time: str
    apart: str
    sketch_of: str
    place_of_record: str
    deletion: str
    delete_it: str
    keep_it: str
    write_other: str
    not_filled: str
    latitude: str
    longitude: str
    go_on: str
    cancel: str
    settle_title: str
    settle_note: str
    settle_do: str
    will_write: str
    will_empty: str
    settled_more: str
    more_versions: str
    shown_now: str
    emptied: str
    keep_this: str
    settled: str
    settled_next: str

    # Deciding
    decide: str
    accept_and_close: str
    accept_note: str
    reopen_note: str
    merge_note: str
    merge_title: str
    merge_look: str
    merge_goes: str
    merge_stays: str
    merge_will: str
    merge_undo: str
    merge_do: str
    merged_into: str
    differs: str
    merge_apart: str
    evidence_photos: str
    evidence_doubtful: str
    photo_same: str
    photo_near: str
    photo_near_removed: str
    photo_early: str
    photo_far_or_old: str
    photo_reason: str
    photo_no_reason: str
    photo_metres: str
    photo_no_place: str
    photo_minutes: str
    photo_hours: str
    photo_days: str
    photo_no_time: str
    photo_also_on: str
    photo_elsewhere: str
    evidence_elsewhere: str
    kit_wanting: str
    take_back: str
    relapse_due: str
    changed_since: str
    sure_of_date: str
    sure_of_place: str
    day_doubtful: str
    clock_ahead: str
    of_town: str
    of_whole: str
    risk_unrated: str
    risk_lacks: str
    step_done: str
    reason: str
    comment: str
    assignee_unit: str
    recheck_result: str
    merge_into: str
    sure: str

    # People and devices
    add_person: str
    role: str
    roles_explained: str
    account: str
    has_password: str
    no_password: str
    inactive: str
    only_towns: str
    choose_towns: str
    rename: str
    rename_explained: str
    person_added: str
    person_changed: str
    nobody_found: str
    deactivate: str
    deactivate_sure: str
    reactivate: str
    phones: str
    what_to_do: str
    make_code: str
    make_link: str
    phone_for_new: str
    phone_for_new_lead: str
    code_title: str
    code_title_new: str
    code_lead: str
    code_by_hand: str
    link_title: str
    link_lead: str
    device: str
    person: str
    platforms: Mapping[str, str]
    enrolled: str
    last_seen: str
    never: str
    revoke: str
    revoke_explained: str
    revoke_sure: str
    revoked_on: str
    no_devices: str
    waiting: str
    waiting_records: str
    waiting_photos: str
    waiting_at: str
    waiting_there: str
    claims: str
    bursts: str
    copied_said: str
    bursts_said: str  # count, at, kind, left
    burst_kinds: Mapping[str, str]
    claimed_lead: str
    was_restored: str
    was_restored_explained: str
    what_it_did: str
    nothing_done: str
    undo: str
    undo_lead: str
    undo_since: str
    undo_look: str
    undo_do: str
    undone: str
    undo_changes: str
    undo_changes_none: str
    undo_changes_more: str
    nothing_there: str
    undoings: str
    undoing_line: str
    undoing_withdrawn: str
    withdraw_look: str
    withdraw: str
    withdraw_lead: str
    withdraw_do: str
    look_at_these: str
    deleted_records: str
    deleted_lead: str
    nothing_deleted: str
    bring_back: str
    brought_back: str

    # Quarantine
    record_types: Mapping[str, str]
    kinds: Mapping[Kind, str]
    quarantine_lead: str
    settle_it: str
    settled_before: str
    settled_at: str
    how_settled: str
    way_repaired: str
    way_discarded: str
    was_taken: str
    was_repaired: str
    was_discarded: str
    repair: str
    repair_lead: str
    repair_note: str
    repair_do: str
    leave_out: str
    rest_of_fields: str
    envelope: str
    record_type: str
    kind_of_change: str
    record_id: str
    again: str
    again_lead: str
    discard: str
    discard_lead: str
    quarantine_empty: str
    received: str
    why: str
    content: str
    content_not_kept: str
    unknown_type: str
    unknown_change: str
    show_content: str
