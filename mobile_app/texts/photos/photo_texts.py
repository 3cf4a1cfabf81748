"""The texts about photos: looking at them, taking them, and what they show of the work, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhotoTexts:
    """The texts of one language."""

    place_in_row: str
    previous: str
    next: str
    compare: str
    compare_end: str
    no_time: str
    no_place: str
    accuracy: str
    metres: str
    kilometres: str
    just_taken: str
    taken_ago: str
    reference: str
    reference_strength: str
    no_position: str
    stamp: str
    stamp_hint: str
    edited: str
    edit_hint: str
    draw_hint: str
    turn: str
    arrow: str
    circle: str
    blur: str
    skip: str
    use_all: str


ZH = PhotoTexts(
    place_in_row="第 {number} 张，共 {all} 张",
    previous="上一张",
    next="下一张",
    compare="对比",
    compare_end="结束对比",
    no_time="拍摄时间不明",
    no_place="没有拍摄位置",
    accuracy="定位 ±{metres} 米",
    metres="距隐患约 {metres} 米",
    kilometres="距隐患约 {kilometres} 公里",
    just_taken="刚拍的",
    taken_ago="{by}前拍的",
    reference="参考图",
    reference_strength="深浅 {percent}%",
    no_position="未定位",
    stamp="拍照加水印",
    stamp_hint="在应用里拍的照片，下边写上时间、地点、定位精度、姓名和编号。从相册选的不加。",
    edited="看一看照片",
    edit_hint="不该让人认出来的，先打码再用。",
    draw_hint="用手指在照片上画。",
    turn="旋转",
    arrow="箭头",
    circle="圈出",
    blur="打码",
    skip="不用",
    use_all="全部使用（{all} 张）",
)

EN = PhotoTexts(
    place_in_row="{number} of {all}",
    previous="Previous",
    next="Next",
    compare="Compare",
    compare_end="End comparison",
    no_time="Time unknown",
    no_place="No position",
    accuracy="position ±{metres} m",
    metres="About {metres} m from the hazard",
    kilometres="About {kilometres} km from the hazard",
    just_taken="taken just now",
    taken_ago="taken {by} ago",
    reference="Reference",
    reference_strength="Strength {percent}%",
    no_position="no position",
    stamp="Stamp photos",
    stamp_hint="Photos taken in the app get time, place, accuracy, your name and the number at their foot, "
    "those from the gallery do not.",
    edited="Check the photo",
    edit_hint="Blur what nobody should recognise, then use the photo.",
    draw_hint="Draw on the photo with a finger.",
    turn="Rotate",
    arrow="Arrow",
    circle="Circle",
    blur="Blur",
    skip="Leave out",
    use_all="Use all {all}",
)
