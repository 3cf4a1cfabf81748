"""The texts of settings and diagnostics, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SettingsTexts:
    """The texts of one language."""

    text_size: str
    text_usual: str
    text_large: str
    text_largest: str
    text_hint: str
    photo_size: str
    photo_usual: str
    photo_small: str
    photo_hint: str
    elsewhere: str
    open_sync: str
    diagnostics: str
    diagnostics_hint: str


ZH = SettingsTexts(
    text_size="文字大小",
    text_usual="标准",
    text_large="大",
    text_largest="特大",
    text_hint="在手机系统的文字大小上再放大，最大到两倍。",
    photo_size="照片大小",
    photo_usual="标准",
    photo_small="较小，省流量",
    photo_hint="只影响以后拍的照片。较小的照片长边 {pixels} 像素，看得清全貌，细节少一些。",
    elsewhere="“仅 Wi-Fi 上传照片”和清理原图，在“同步”页设置。",
    open_sync="打开“同步”",
    diagnostics="诊断信息",
    diagnostics_hint="请人帮忙时，复制下面的内容发给对方。里面只有版本、数量和问题代码，没有姓名、地点、记录和照片。",
)

EN = SettingsTexts(
    text_size="Text size",
    text_usual="Usual",
    text_large="Large",
    text_largest="Largest",
    text_hint="On top of the size chosen in the phone's settings, up to twice the usual size.",
    photo_size="Photo size",
    photo_usual="Usual",
    photo_small="Smaller, saves data",
    photo_hint="For photos taken from now on. Smaller ones are {pixels} pixels along the longer side: the "
    "whole is clear, details are fewer.",
    elsewhere="Photos over Wi-Fi only, and freeing originals: on the Sync screen.",
    open_sync="Open Sync",
    diagnostics="Diagnostics",
    diagnostics_hint="When you ask for help, copy this and send it. It has versions, numbers and problem "
    "codes only: no names, places, records or photos.",
)
