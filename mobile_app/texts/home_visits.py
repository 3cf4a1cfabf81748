"""The texts about home visits, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeVisitTexts:
    """The texts of one language; `waiting` and `copies` depend on a count (`shared.plural`)."""

    title: str
    new: str
    all: str
    where: str
    none: str
    none_hint: str
    no_grant: str
    waiting: str
    copies: str
    sealing: str
    photos: str
    sealed: str
    quarantined: str
    no_hazard: str
    leaving: str
    kept: str
    not_kept: str
    never_kept: str
    draft_there: str
    draft_go_on: str
    pin_title: str
    pin_why: str
    pin_warning: str
    pin_new: str
    pin_again: str
    pin_set: str
    pin_short: str
    pin_differs: str
    pin_there: str
    pin_open_why: str
    pin_open: str
    pin_without: str
    pin_forgotten: str
    pin_forget_ask: str
    pin_forget_yes: str


ZH = HomeVisitTexts(
    title="家访",
    new="新增家访",
    all="家访列表",
    where="家访保存时就已加密，这部手机不能再看内容，只列出时间、学校、班级和上传状态。"
    "要看内容，请用电脑登录安澜网页，打开“家访”。",
    none="还没有家访",
    none_hint="点“新增家访”，没有网络也能记录。",
    no_grant="您没有记录家访的权限，或者手机还没有同步过。请先联网同步；不行再找管理员授权。",
    waiting="{count} 份家访",
    copies="上传后，加密的内容还在这部手机上留 30 天，万一服务器要从备份恢复，会再传一次。"
    "现有 {count} 份，共 {size}。",
    sealing="保存后立即加密，这部手机不能再看，也不能再改。请看清楚再保存。",
    photos="家访不拍照，也不附照片。",
    sealed="已加密保存",
    quarantined="已收到，待处理",
    no_hazard="不关联",
    leaving="这次不留草稿，现在离开，填写的内容就没有了。",
    kept="没保存的家访会加密留作草稿，用草稿密码才能打开。",
    not_kept="没保存的家访不留草稿。要留草稿，请在“家访”页设草稿密码。",
    never_kept="这部手机不留家访草稿：没保存就离开，填写的内容就没有了。",
    draft_there="1 份未完成的草稿，要输入草稿密码才能打开。",
    draft_go_on="点“新增家访”继续填写。",
    pin_title="草稿密码",
    pin_why="草稿密码至少 {digits} 位数字，只用来打开这部手机上没保存的家访草稿。",
    pin_warning="忘了密码，草稿就打不开，只能删掉；已保存的家访不受影响。",
    pin_new="新密码",
    pin_again="再输一次",
    pin_set="设好密码",
    pin_short="密码至少 {digits} 位数字。",
    pin_differs="两次输入的不一样。",
    pin_there="有一份没保存的草稿，输入草稿密码继续填写。",
    pin_open_why="输入草稿密码，没保存的内容会加密留作草稿。",
    pin_open="打开",
    pin_without="这次不留草稿",
    pin_forgotten="忘记密码",
    pin_forget_ask="草稿会永久删除，密码可以重新设。已保存的家访不受影响。",
    pin_forget_yes="删除草稿",
)

EN = HomeVisitTexts(
    title="Home visits",
    new="New home visit",
    all="All home visits",
    where="Home visits are encrypted when you save them. This phone cannot read them any more; it lists "
    "time, school, class and upload state. To read them, open Anlan on a computer and go to Home visits.",
    none="No home visits yet",
    none_hint="Tap New home visit. It works without a network.",
    no_grant="You have no permission to record home visits, or this phone has not synced yet. Sync first; "
    "if that does not help, ask your administrator.",
    waiting="{count} home visit〔|s〕",
    copies="For 30 days after upload this phone keeps what it encrypted, and sends it again if the server "
    "has to be restored from a backup: {count} visit〔|s〕, {size}.",
    sealing="A saved home visit is encrypted at once. This phone can neither show nor change it afterwards, "
    "so read it through before you save.",
    photos="Home visits have no photos.",
    sealed="Saved and encrypted",
    quarantined="Received, under review",
    no_hazard="None",
    leaving="No draft is kept this time. If you leave now, what you entered is gone.",
    kept="What you do not save is kept as an encrypted draft, which opens with your draft PIN.",
    not_kept="What you do not save is not kept. To keep drafts, set a draft PIN on the screen Home visits.",
    never_kept="This phone keeps no drafts of home visits. If you leave without saving, what you entered "
    "is gone.",
    draft_there="1 unfinished draft, which needs your draft PIN.",
    draft_go_on="Tap New home visit to continue it.",
    pin_title="Draft PIN",
    pin_why="The draft PIN has at least {digits} digits. It only opens unsaved home visits on this phone.",
    pin_warning="If you forget it, the draft cannot be opened and has to be deleted. Saved home visits "
    "are not affected.",
    pin_new="New PIN",
    pin_again="Once more",
    pin_set="Set PIN",
    pin_short="The PIN needs at least {digits} digits.",
    pin_differs="The two PINs differ.",
    pin_there="There is an unsaved draft. Enter your draft PIN to continue it.",
    pin_open_why="Enter your draft PIN, so that unsaved text is kept as an encrypted draft.",
    pin_open="Open",
    pin_without="Keep no draft this time",
    pin_forgotten="I forgot the PIN",
    pin_forget_ask="The draft will be deleted for good, and you can set a new PIN. Saved home visits are not "
    "affected.",
    pin_forget_yes="Delete the draft",
)
