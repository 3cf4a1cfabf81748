"""The closed lists of words that home visits use."""

from shared.vocabulary import Term


class VisitMode(Term):
    """家访方式."""

    IN_PERSON = "in_person", "入户", "At home"
    PHONE = "phone", "电话", "By telephone"
    ONLINE = "online", "线上", "Online"
    APPOINTMENT = "appointment", "约谈", "By appointment"


class VisitReason(Term):
    """家访原因."""

    ROUTINE = "routine", "例行家访", "Routine"
    SAFETY = "safety", "安全", "Safety"
    ATTENDANCE = "attendance", "出勤", "Attendance"
    STUDY = "study", "学业", "Schoolwork"
    CARE = "care", "关爱", "Care"
    PSYCHOLOGICAL = "psychological", "心理", "Mental health"
    FOLLOW_UP = "follow_up", "回访", "Follow-up"


class AttentionTag(Term):
    """重点关注."""

    LEFT_BEHIND = "left_behind", "留守", "Left behind by working parents"
    SINGLE_PARENT = "single_parent", "单亲", "Single parent"
    DIFFICULTY = "difficulty", "困境", "In difficulty"
    NEAR_WATER = "near_water", "居住水域附近", "Lives near water"
    MIGRANT = "migrant", "随迁", "Moved here with parents"
    OTHER = "other", "其他", "Other"


class SixDonts(Term):
    """六不: what children promise."""

    ALONE = "alone", "不私自下水游泳", "Not swim on their own"
    FRIENDS = "friends", "不擅自与他人结伴游泳", "Not go swimming with friends unasked"
    WITHOUT_ADULT = "without_adult", "无家长或教师带领不游泳", "Not swim without a parent or teacher"
    UNGUARDED = "unguarded", "不到无安全设施、无救援人员的水域游泳", "Not swim where nobody guards"
    UNKNOWN_WATER = "unknown_water", "不到不熟悉的水域游泳", "Not swim in water they do not know"
    RESCUE = "rescue", "不熟悉水性不擅自下水施救", "Not jump in to rescue somebody"


class FourKnows(Term):
    """四知道: what parents know whenever their child is out."""

    WHERE = "where", "知去向", "Where the child goes"
    WHAT = "what", "知内容", "What the child does there"
    WHO = "who", "知同伴", "Who is with the child"
    BACK = "back", "知归时", "When the child comes back"


class Pledge(Term):
    """承诺书: whether the parents signed it."""

    YES = "yes", "已签", "Signed"
    NO = "no", "未签", "Not signed"
    REFUSED = "refused", "拒签", "Refused"


class LegalBasis(Term):
    """处理依据: why these data may be kept at all."""

    GUARDIAN_CONSENT = "guardian_consent", "监护人单独同意", "The guardian's separate consent"
    STATUTORY_DUTY = "statutory_duty", "法定职责", "A duty set by law"


class ConsentHow(Term):
    """同意方式."""

    WRITTEN = "written", "书面", "In writing"
    SPOKEN = "spoken", "口头", "Spoken"
    ONLINE = "online", "线上", "Online"
