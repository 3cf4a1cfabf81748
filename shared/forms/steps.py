"""The forms of what people do at a hazard, 整改 with 报验 among it, and of what reviewers decide there."""

from pydantic import BaseModel

from shared.forms.form import Condition, Control, Form, FormField, Section, kit_section, photos, section
from shared.forms.model_fields import form_field
from shared.profiles.labels import COMMON_LABELS
from shared.vocabulary import EventType, PatrolResult, PhotoRole
from shared.wording import Wording

KIT_HELP = Wording(
    "现场看到什么就选什么，没看的可以不选。", "Choose what you see. Leave out what you did not check."
)
SUBMIT = "submit"
"""整改 is submitted for acceptance at once: this answer becomes an event of its own."""
AFTER_DOUBTFUL = "after_doubtful"
"""Whether 报验 would rest on no photo that is near and recent (`evidence.Closeness`); nobody fills it in."""
OF_SUBMIT = ("after_reason", "comment")
"""What the form of 整改 asks about 报验: these fields belong to that event."""


def step_forms(
    event: type[BaseModel], kit_title: Wording, counted: dict[str, Wording]
) -> dict[EventType, Form]:
    """Step → its form. `counted`: the fields in which a patrol counts people or things, with labels."""
    kit = kit_section(kit_title, KIT_HELP)
    site = section(photos(PhotoRole.SITE))
    place = _place(event)
    result = section(_result(event))
    counts = section(*(form_field(event, name, label) for name, label in counted.items()))
    why = _comment(event, Wording("原因", "Reason"), error=Wording("请写明原因。", "Give the reason."))
    text = _comment(event, error=Wording("请填写内容。", "Write something."))
    return {
        EventType.RECTIFY: Form(
            (
                section(_measures(event)),
                section(_after_photos()),
                *_after_reason(event),
                *place,
                kit,
                section(_submit()),
            )
        ),
        EventType.PATROL: Form((result, *([counts] if counted else []), _comment(event), site, *place, kit)),
        EventType.RECHECK: Form((result, _comment(event), site, *place, kit)),
        EventType.RELAPSE: Form((why, site, *place)),
        EventType.REPORT: Form((_comment(event), site)),
        EventType.CONTROL: Form((_comment(event, *_CONTROL), site, *place, kit)),
        EventType.NOTE: Form((text, site)),
        EventType.REGISTER: Form((_comment(event),)),
        EventType.RETURN: Form((why,)),
        EventType.REJECT: Form((why, site)),
        **_with_deadline(event, why),
    }


_CONTROL = (Wording("管控措施", "How it is kept under control"), Wording("请写明管控措施。", "Say how."))


def _with_deadline(event: type[BaseModel], why: Section) -> dict[EventType, Form]:
    """The forms of the steps that set a deadline, where the programme's events have one."""
    if not {"assignee_unit", "due_date"} <= event.model_fields.keys():
        return {}
    error = Wording("请选择整改时限。", "Choose a due date.")
    day = form_field(
        event, "due_date", COMMON_LABELS["due_date"], required=True, error=error, quick_days=(7, 15, 30)
    )
    unit = form_field(event, "assignee_unit", COMMON_LABELS["assignee_unit"], required=True)
    assigned = Form((section(unit), section(day), _comment(event)))
    return {
        EventType.ASSIGN: assigned,
        EventType.TRANSFER: assigned,
        EventType.EXTEND: Form((section(day), why)),
    }


def _place(event: type[BaseModel]) -> list[Section]:
    if "position" not in event.model_fields:
        return []
    return [section(form_field(event, "position", COMMON_LABELS["position"]))]


def _result(event: type[BaseModel]) -> FormField:
    return form_field(
        event,
        "result",
        COMMON_LABELS["result"],
        control=Control.SEGMENTS,
        options=tuple(PatrolResult),
        required=True,
        error=Wording("请选择结果。", "Choose a result."),
    )


def _measures(event: type[BaseModel]) -> FormField:
    error = Wording("请写明已采取的措施。", "Say what was done.")
    return form_field(event, "measures_done", COMMON_LABELS["measures_done"], required=True, error=error)


def _after_photos() -> FormField:
    error = Wording("报验需要至少一张整改后照片。", "Submitting needs at least one photo of the state after.")
    return photos(PhotoRole.AFTER, required_when=Condition(SUBMIT, (True,)), error=error)


def _after_reason(event: type[BaseModel]) -> list[Section]:
    """What is asked where no photo of the finished work was taken at the hazard just before."""
    if "after_reason" not in event.model_fields:
        return []
    doubtful = Condition(AFTER_DOUBTFUL, (True,))
    return [
        section(
            form_field(
                event,
                "after_reason",
                COMMON_LABELS["after_reason"],
                control=Control.TILES,
                required=True,
                shown_when=doubtful,
            ),
            form_field(
                event,
                "comment",
                Wording("说明原因", "Explain"),
                required=True,
                shown_when=doubtful,
                error=Wording("请说明为什么没有现场新拍的照片。", "Explain why there is no new photo."),
            ),
            help=Wording(
                "报验要有一张刚在现场拍的照片：请再拍一张。拍不了就选原因并说明，审核人会看到。",
                "Submitting needs a photo taken there just now: take one. If you cannot, say why; "
                "the reviewer will see it.",
            ),
        )
    ]


def _submit() -> FormField:
    return FormField(
        SUBMIT,
        Wording("整改完成，同时报验", "Done, submit for acceptance"),
        Control.SWITCH,
        help=Wording(
            "报验后由审核人验收。还没有完成就关掉这一项。",
            "A reviewer then accepts it. Switch off if the work is not finished.",
        ),
        initial=True,
        saved=False,
    )


def _comment(
    event: type[BaseModel], label: Wording = COMMON_LABELS["comment"], error: Wording | None = None
) -> Section:
    """The field for a comment; required if it has an `error` for a missing one."""
    return section(form_field(event, "comment", label, required=error is not None, error=error))
