"""Every closed list of words the field uses, each with its code, Chinese and English label."""

from enum import StrEnum


class Term(StrEnum):
    """A word of the field: `value` is the stable code on the wire, `zh` and `en` are what people read."""

    zh: str
    en: str

    def __new__(cls, code: str, zh: str = "", en: str = "") -> "Term":
        term = str.__new__(cls, code)
        term._value_ = code
        term.zh, term.en = zh, en
        return term


class WaterType(Term):
    """水域类型."""

    RIVER = "river", "江河", "River"
    CREEK = "creek", "河涌", "Creek"
    LAKE = "lake", "湖泊", "Lake"
    RESERVOIR = "reservoir", "水库", "Reservoir"
    HILL_POND = "hill_pond", "山塘", "Hill pond"
    WILD_POND = "wild_pond", "野山塘", "Wild hill pond"
    FISH_POND = "fish_pond", "鱼塘", "Fish pond"
    POND = "pond", "池塘", "Pond"
    DITCH = "ditch", "沟渠", "Ditch"
    SLUICE_PUMP = "sluice_pump", "水闸/排站", "Sluice or pump station"
    WELL = "well", "水井", "Well"
    TANK = "tank", "蓄水池/灌溉水池", "Storage or irrigation tank"
    SITE_PIT = "site_pit", "工地积水坑", "Flooded site pit"
    QUARRY = "quarry", "废弃矿坑", "Abandoned quarry"
    LANDSCAPE = "landscape", "景观湖/景区", "Landscape lake or scenic area"
    COAST_WHARF = "coast_wharf", "海堤/码头", "Sea wall or wharf"
    SWIM_VENUE = "swim_venue", "游泳场所", "Swimming venue"
    OTHER = "other", "其他", "Other"


class CoordSource(Term):
    """定位方式: where a position came from."""

    GNSS = "gnss", "卫星定位", "Satellite fix"
    MAP_PICK = "map_pick", "地图选点", "Picked on the map"
    TYPED = "typed", "手工录入", "Typed"
    PHOTO_EXIF = "photo_exif", "照片位置", "From the photo"


class Datum(Term):
    """The coordinate system in which a position was given."""

    WGS84 = "WGS-84", "WGS-84", "WGS-84"
    CGCS2000 = "CGCS2000", "国家2000", "CGCS2000"
    GCJ02 = "GCJ-02", "火星坐标", "GCJ-02"
    BD09 = "BD-09", "百度坐标", "BD-09"
    UNKNOWN = "unknown", "未知", "Unknown"


class Accuracy(Term):
    """定位精度 in words."""

    FINE = "fine", "精确", "Fine"
    FAIR = "fair", "较准", "Fair"
    COARSE = "coarse", "粗略", "Coarse"
    POOR = "poor", "不可靠", "Unreliable"
    UNKNOWN = "unknown", "精度不明", "Accuracy unknown"


class Direction(Term):
    """方向, from north through east."""

    NORTH = "north", "北", "North"
    NORTH_EAST = "north_east", "东北", "North-east"
    EAST = "east", "东", "East"
    SOUTH_EAST = "south_east", "东南", "South-east"
    SOUTH = "south", "南", "South"
    SOUTH_WEST = "south_west", "西南", "South-west"
    WEST = "west", "西", "West"
    NORTH_WEST = "north_west", "西北", "North-west"


class DepthClass(Term):
    """水深分级, metres."""

    SHALLOW = "lt_0_5", "0.5 米以下", "Under 0.5 m"
    KNEE = "0_5_to_1", "0.5–1 米", "0.5–1 m"
    CHEST = "1_to_2", "1–2 米", "1–2 m"
    DEEP = "gt_2", "2 米以上", "Over 2 m"
    UNKNOWN = "unknown", "不明", "Unknown"


class Flow(Term):
    """水流."""

    STILL = "still", "静水", "Still"
    SLOW = "slow", "缓流", "Slow"
    TIDAL = "tidal", "潮汐", "Tidal"
    FAST = "fast", "急流", "Fast"
    UNKNOWN = "unknown", "不明", "Unknown"


class Bank(Term):
    """岸坡."""

    GENTLE = "gentle", "平缓", "Gentle"
    STEEP = "steep", "陡坡", "Steep"
    VERTICAL = "vertical", "直立", "Vertical"
    UNKNOWN = "unknown", "不明", "Unknown"


class Bed(Term):
    """水底."""

    FIRM = "firm", "坚实", "Firm"
    SILT = "silt", "淤泥", "Silt"
    DROP = "drop", "深坑/陡降", "Sudden drop"
    UNKNOWN = "unknown", "不明", "Unknown"


class Access(Term):
    """可达性: how easily a child gets to the water."""

    CLOSED = "closed", "已封闭", "Closed off"
    PARTIAL = "partial", "部分封闭", "Partly closed"
    OPEN = "open", "可随意进入", "Open"
    INVITING = "inviting", "易吸引儿童", "Inviting to children"
    UNKNOWN = "unknown", "不明", "Unknown"


class ObservedUse(Term):
    """涉水活动."""

    NONE = "none", "无", "None"
    FISHING = "fishing", "钓鱼", "Fishing"
    PLAYING = "playing", "戏水", "Playing"
    SWIMMING = "swimming", "游泳", "Swimming"
    WASHING = "washing", "洗涤", "Washing"
    BOATING = "boating", "划船", "Boating"


class IncidentHistory(Term):
    """历史事故."""

    NONE = "none", "无", "None"
    NEAR_MISS = "near_miss", "险情", "Near miss"
    DEATH = "death", "溺亡", "Death"
    UNKNOWN = "unknown", "不明", "Unknown"


class LeadDept(Term):
    """牵头部门."""

    EDUCATION = "education", "教育", "Education"
    WATER = "water", "水务", "Water affairs"
    AGRICULTURE = "agriculture", "农业农村", "Agriculture"
    HOUSING = "housing", "住建", "Housing and construction"
    RESOURCES = "resources", "自然资源", "Natural resources"
    EMERGENCY = "emergency", "应急管理", "Emergency management"
    POLICE = "police", "公安", "Police"
    TOURISM = "tourism", "文旅", "Culture and tourism"
    VILLAGE = "village", "村(社区)", "Village or community"
    OTHER = "other", "其他", "Other"


class DefectType(Term):
    """隐患类型."""

    NO_SIGN = "no_sign", "无警示牌", "No warning sign"
    SIGN_DAMAGED = "sign_damaged", "警示牌破损", "Warning sign damaged"
    NO_PHONE_ON_SIGN = "no_phone_on_sign", "警示牌无电话", "No phone number on sign"
    NO_FENCE = "no_fence", "无护栏/围蔽", "No fence"
    FENCE_BROKEN = "fence_broken", "护栏/围蔽破损", "Fence broken"
    NO_RING = "no_ring", "无救生圈", "No life ring"
    NO_ROPE = "no_rope", "无救生绳", "No rescue rope"
    NO_POLE = "no_pole", "无救生杆", "No rescue pole"
    KIT_DAMAGED = "kit_damaged", "救生设施破损", "Rescue kit damaged"
    STEEP_BANK = "steep_bank", "岸坡陡峭", "Steep bank"
    DEEP_WATER = "deep_water", "水深", "Deep water"
    UNDERCURRENT = "undercurrent", "有暗流", "Undercurrent"
    UNFILLED_PIT = "unfilled_pit", "坑塘未回填", "Pit not filled in"
    UNCOVERED_WELL = "uncovered_well", "水井无盖", "Well without cover"
    NO_PATROL = "no_patrol", "无人巡查", "Nobody patrols"
    OWNER_UNCLEAR = "owner_unclear", "权属不清", "Owner unclear"
    OTHER = "other", "其他", "Other"


class KitItem(Term):
    """What stands ready at the water. The first four are the 四个一."""

    SIGN = "sign", "警示牌", "Warning sign"
    RING = "ring", "救生圈", "Life ring"
    ROPE = "rope", "救生绳", "Rescue rope"
    POLE = "pole", "救生杆", "Rescue pole"
    FENCE = "fence", "护栏/围蔽", "Fence"
    CAMERA_VOICE = "camera_voice", "监控/语音", "Camera or voice warning"
    PATROL = "patrol", "巡查值守", "Patrol on duty"


class KitState(Term):
    """The state of one kit item."""

    GOOD = "good", "完好", "Good"
    DAMAGED = "damaged", "破损", "Damaged"
    MISSING = "missing", "缺失", "Missing"
    NOT_APPLICABLE = "na", "不适用", "Not applicable"


class RiskLevel(Term):
    """风险等级."""

    MAJOR = "major", "重大", "Major"
    LARGER = "larger", "较大", "Larger"
    ORDINARY = "ordinary", "一般", "Ordinary"
    LOW = "low", "低", "Low"


class MeasureClass(Term):
    """整改措施类别."""

    ELIMINATE = "eliminate", "消除", "Eliminate"
    ISOLATE = "isolate", "隔离", "Isolate"
    ENGINEERING = "engineering", "工程技防", "Engineering"
    WARN = "warn", "警示", "Warn"
    EQUIP = "equip", "救生配备", "Equip for rescue"
    PATROL = "patrol", "巡查", "Patrol"
    EDUCATION = "education", "宣教", "Educate"


class Status(Term):
    """整改状态, derived from the events of a hazard."""

    REPORTED = "reported", "已上报", "Reported"
    RETURNED = "returned", "已退回", "Returned"
    REGISTERED = "registered", "已登记", "Registered"
    ASSIGNED = "assigned", "已交办", "Assigned"
    IN_PROGRESS = "in_progress", "整改中", "Being rectified"
    CONTROLLED = "controlled", "管控中", "Under control"
    PENDING_ACCEPTANCE = "pending_acceptance", "待验收", "Awaiting acceptance"
    CLOSED = "closed", "已销号", "Closed"
    RELAPSED = "relapsed", "反弹", "Relapsed"
    INVALID = "invalid", "不属实", "Unfounded"
    MERGED = "merged", "已合并", "Merged"


class EventType(Term):
    """What can happen to a hazard."""

    REPORT = "report", "上报", "Report"
    REGISTER = "register", "登记", "Register"
    ASSIGN = "assign", "交办", "Assign"
    TRANSFER = "transfer", "转办", "Transfer"
    PATROL = "patrol", "巡查", "Patrol"
    RECTIFY = "rectify", "整改", "Rectify"
    CONTROL = "control", "管控", "Put under control"
    EXTEND = "extend", "延期", "Extend"
    SUBMIT = "submit", "报验", "Submit for acceptance"
    ACCEPT = "accept", "验收通过", "Accept"
    REJECT = "reject", "验收不通过", "Reject"
    CLOSE = "close", "销号", "Close"
    REOPEN = "reopen", "撤销销号", "Take back the closing"
    RECHECK = "recheck", "复查", "Re-check"
    RELAPSE = "relapse", "反弹", "Relapse"
    RETURN = "return", "退回", "Return"
    INVALIDATE = "invalidate", "不属实", "Mark unfounded"
    MERGE = "merge", "合并", "Merge"
    NOTE = "note", "备注", "Note"


class PatrolResult(Term):
    """The outcome of a patrol or a re-check."""

    NORMAL = "normal", "正常", "Normal"
    PROBLEM = "problem", "有问题", "Problem found"
    FIXED_ON_SPOT = "fixed_on_spot", "现场整改", "Fixed on the spot"


class PatrolValidity(Term):
    """有效巡查: whether a patrol counts, and why it does not."""

    SCANNED = "scanned", "有效巡查（扫码或标牌编码）", "Valid patrol (by the sign)"
    NEAR = "near", "有效巡查（现场定位）", "Valid patrol (position at the water)"
    REPEATED = "repeated", "当天已计一次有效巡查", "Already counted that day"
    FAR = "far", "不计有效巡查：定位离水域太远", "Not a valid patrol: the position is too far from the water"
    UNPROVEN = (
        "unproven",
        "不计有效巡查：没有扫码，也没有准确的现场定位",
        "Not a valid patrol: no sign scanned, no accurate position taken there",
    )


class PhotoRole(Term):
    """What a photo shows."""

    BEFORE = "before", "整改前", "Before"
    DURING = "during", "整改中", "During"
    AFTER = "after", "整改后", "After"
    SITE = "site", "现场", "Site"
    SIGN_IN = "sign_in", "签到", "Sign-in"
    OTHER = "other", "其他", "Other"


class PhotoSource(Term):
    """How a photo came in."""

    CAMERA = "camera", "拍照", "Camera"
    GALLERY = "gallery", "相册", "Gallery"


class AfterPhotoReason(Term):
    """Why 报验 rests on no photo that was taken at the hazard just before."""

    NO_FIX = "no_fix", "现场定位不了", "No position to be had there"
    TAKEN_EARLIER = "taken_earlier", "之前在现场拍的", "Taken there earlier"
    FROM_OTHERS = "from_others", "施工单位等提供的", "Provided by others"
    LARGE_WATER = "large_water", "水域大，离登记的位置远", "Large water, far from its point"
    OTHER = "other", "其他", "Other"


class EducationVisitType(Term):
    """安全教育 by place."""

    SCHOOL_CLASS = "school_class", "进校园", "School"
    FAMILY = "family", "进家庭", "Family"
    VILLAGE = "village", "进村社区", "Village or community"
    CUSTODY = "custody", "托管机构", "After-school care"
    ONLINE = "online", "线上", "Online"


class Topic(Term):
    """What a safety-education visit was about."""

    DROWNING = "drowning", "防溺水", "Drowning"
    TRAFFIC = "traffic", "交通", "Traffic"
    FIRE = "fire", "消防", "Fire"
    ELECTRICITY = "electricity", "用电", "Electricity"
    FLOOD = "flood", "防汛", "Flood"
    FOOD = "food", "食品", "Food"
    HEAT = "heat", "防暑", "Heat"
    MENTAL = "mental", "心理", "Mental health"
    OTHER = "other", "其他", "Other"


class EducationMethod(Term):
    """How a safety-education visit was held."""

    LECTURE = "lecture", "讲座", "Lecture"
    CLASS_MEETING = "class_meeting", "班会", "Class meeting"
    DOOR_TO_DOOR = "door_to_door", "入户", "Door to door"
    DRILL = "drill", "演练", "Drill"
    LEAFLET = "leaflet", "发放资料", "Leaflets"
    BROADCAST = "broadcast", "广播", "Broadcast"
    VIDEO = "video", "视频", "Video"


class Role(Term):
    """What a person does in this deployment; `shared.permissions` says what each may do."""

    INSPECTOR = "inspector", "巡查员", "Inspector"
    TEACHER = "teacher", "教师", "Teacher"
    REVIEWER = "reviewer", "审核人", "Reviewer"
    SUPERVISOR = "supervisor", "督导(市级)", "City supervisor"
    SCHOOL_ADMINISTRATOR = "school_administrator", "学校管理员", "School administrator"
    ADMINISTRATOR = "administrator", "管理员", "Administrator"
    AUDITOR = "auditor", "审计员", "Auditor"
