"""The texts about home visits, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HomeVisitTexts:
    """The texts of one language; `waiting` depends on a count (`shared.plural`)."""

    title: str
    new: str
    all: str
    where: str
    none: str
    none_hint: str
    no_grant: str
    waiting: str
    sealing: str
    photos: str
    sealed: str
    quarantined: str
    no_hazard: str
    leaving: str


ZH = HomeVisitTexts(
    title="家访",
    new="新增家访",
    all="家访列表",
    where="家访保存时就已加密，这部手机不能再看内容，只列出时间、学校、班级和上传状态。"
    "要看内容，请用电脑登录安澜网页，打开“家访”。",
    none="还没有家访",
    none_hint="点“新增家访”，没有网络也能记录。",
    no_grant="您没有记录家访的权限，或者手机还没有同步过。请先联网同步；不行再找学校管理员授权。",
    waiting="{count} 份家访",
    sealing="保存后立即加密，这部手机不能再看，也不能再改。请看清楚再保存。",
    photos="家访不拍照，也不附照片。没保存的内容不留草稿。",
    sealed="已加密保存",
    quarantined="已收到，待处理",
    no_hazard="不关联",
    leaving="家访不留草稿，现在离开，填写的内容就没有了。",
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
    "if that does not help, ask the school's administrator.",
    waiting="{count} home visit〔|s〕",
    sealing="A saved home visit is encrypted at once. This phone can neither show nor change it afterwards, "
    "so read it through before you save.",
    photos="Home visits have no photos. What is not saved is not kept as a draft.",
    sealed="Saved and encrypted",
    quarantined="Received, under review",
    no_hazard="None",
    leaving="No draft of a home visit is kept. If you leave now, what you entered is gone.",
)
