"""合并: which hazard another may be merged into, so that no water drops out of the counts or the lists."""

from collections.abc import Collection, Sequence

from shared import lifecycle, problems
from shared.hazards.history import HazardHistory, TimelineEvent
from shared.problems import Problem
from shared.vocabulary import Status

GONE = frozenset({Status.MERGED, Status.INVALID})
"""The statuses in which a hazard takes in no other."""


def refusal(history: HazardHistory, into: HazardHistory | None) -> Problem | None:
    """Why a hazard may not be merged, or None.

    `into`: the history of the hazard that stays, None where there is none: the same hazard, an unknown or a
    deleted one. As one that was merged takes in no other, no chain of mergings leads back.
    """
    if into is None or GONE & {into.status, *into.concurrent_statuses}:
        return problems.merge_target_gone(step="merge")
    if _counts(history) and not _counts(into):
        return problems.merge_takes_away(step="merge")
    return None


def restoring_refusal(into: Collection[str], deleted: Collection[str]) -> Problem | None:
    """Why a deleted hazard may not be restored, or None: merged into a deleted one, it would be in no list.

    `into`: its `targets`. `deleted`: those of them that are deleted.
    """
    return None if set(deleted).isdisjoint(into) else problems.merged_into_deleted()


def targets(events: Sequence[TimelineEvent]) -> set[str]:
    """The hazards that one is merged into by its events: none where each 合并 was taken back."""
    holding = lifecycle.fold(events).holding
    merges = (event for event in events if event.record in holding)
    return {event.write.fields["merged_into"] for event in merges if event.write.fields.get("merged_into")}


def _counts(history: HazardHistory) -> bool:
    return history.status is Status.CLOSED and history.first_closed_on is not None
