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
    faces_unchecked: str
    faces_looking: str
    faces_found: str
    faces_none: str
    faces_not_looked_for: str
    face: str
    blur_faces: str
    blur_faces_hint: str
    faces_here: str
    faces_away: str
    faces_get: str
    faces_impossible: str
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
    faces_unchecked="未查人脸",
    faces_looking="正在找人脸…",
    faces_found="找到 {count} 张人脸，已打码。点编号取消，漏的自己打。",
    faces_none="没有找到人脸。小的、侧面的、暗处的常会漏掉，请自己再看一遍。",
    faces_not_looked_for="没有查人脸，请自己看一遍、打码。照片会注明“未查人脸”。",
    face="人脸 {number}",
    blur_faces="自动给人脸打码",
    blur_faces_hint="用照片以前，在手机上找出人脸、打码，不上传。小的、侧面的、暗处的常会漏掉，请自己再看一遍。",
    faces_here="查人脸的文件已在手机上，没有网络也能用。",
    faces_away="查人脸的文件还不在手机上，连上 Wi-Fi 会自动下载。",
    faces_get="现在下载（{size}）",
    faces_impossible="这部手机上的应用还不会找人脸，请自己打码。",
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
    faces_unchecked="Faces not checked",
    faces_looking="Looking for faces…",
    faces_found="{count} face〔|s〕 blurred. Tap a number to spare one; blur what was missed.",
    faces_none="No face found. Small, turned and dark ones are often missed: please look yourself.",
    faces_not_looked_for="Faces were not looked for: please look, and blur them. The photo will say so.",
    face="Face {number}",
    blur_faces="Blur faces",
    blur_faces_hint="Faces are found and blurred on the phone before a photo is used; nothing is sent. "
    "Small, turned and dark ones are often missed: please look yourself.",
    faces_here="The file that this needs is on the phone; no network is needed.",
    faces_away="The file that this needs is not on the phone yet; over Wi-Fi it comes by itself.",
    faces_get="Download now ({size})",
    faces_impossible="This app cannot find faces on this device. Blur them yourself.",
    draw_hint="Draw on the photo with a finger.",
    turn="Rotate",
    arrow="Arrow",
    circle="Circle",
    blur="Blur",
    skip="Leave out",
    use_all="Use all {all}",
)
