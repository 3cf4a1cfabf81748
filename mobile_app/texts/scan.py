"""The texts of 扫码, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScanTexts:
    """The texts of one language."""

    title: str
    hint: str
    code: str
    code_hint: str
    open: str
    take: str
    no_code: str
    missing: str
    mistyped: str
    unknown: str
    unknown_towns: str
    unknown_hint: str
    several: str
    rule: str
    code_scanned: str
    code_typed: str
    kit_as_last: str


ZH = ScanTexts(
    title="扫码",
    hint="拍下标牌上的二维码，或把旁边的编码填在这里，就会打开这处水域的巡查。用手机自带的相机扫也可以。",
    code="标牌编码",
    code_hint="8 位字母和数字，如 K7QM-2F8P",
    open="打开这处水域",
    take="拍标牌上的二维码",
    no_code="照片里没有读到水域标牌的二维码。请靠近些再拍，或填写编码。",
    missing="请填标牌编码。",
    mistyped="编码不对，请对照标牌再填一次。",
    unknown="这部手机上没有这处水域。",
    unknown_towns="它可能不在所选的园区（镇街）里。",
    unknown_hint="请联网同步一次再试。还是没有，就请把标牌编码告诉办公室。现场有隐患，可以先新增。",
    several="有几处水域用这个编码，请选您所在的一处：",
    rule="扫了本处标牌的码，或在本处 {metres} 米以内定位，就是有效巡查；同一人在同一处一天只计一次。",
    code_scanned="已扫码 {code}",
    code_typed="已输入编码 {code}",
    kit_as_last="救生设施已按上次情况填好，有变化请修改；没有变化不用拍照。",
)

EN = ScanTexts(
    title="Scan",
    hint="Take a picture of the QR code on the sign, or type the code beside it here: it opens the patrol of"
    " that water. The phone's own camera app can scan it too.",
    code="Code on the sign",
    code_hint="8 letters and digits, such as K7QM-2F8P",
    open="Open this water",
    take="Take a picture of the QR code",
    no_code="No QR code of a water was found in the picture. Go closer and try again, or type the code.",
    missing="Type the code on the sign.",
    mistyped="This code is not right. Compare it with the sign and type it again.",
    unknown="This water is not on this phone.",
    unknown_towns="It may be outside the chosen towns.",
    unknown_hint="Sync once while online and try again. If it still is not here, tell the office the code. If"
    " something is wrong at the water, you can report it as a new hazard.",
    several="Several waters have this code. Choose the one where you are:",
    rule="A patrol is valid if the sign of the water was scanned or a position was taken within {metres} m of"
    " it. For each person and water, one a day counts.",
    code_scanned="Sign scanned: {code}",
    code_typed="Code typed: {code}",
    kit_as_last="The rescue kit is filled in as it was found last. Change what has changed. If nothing has,"
    " no photo is needed.",
)
