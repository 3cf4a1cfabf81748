"""The texts of exporting what was not sent, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnsentTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    title: str
    offer: str
    open: str
    why: str
    kept: str
    sealed: str
    records: str
    home_visits: str
    photos: str
    total: str
    save: str
    save_one: str
    saving: str
    saved: str
    none: str
    none_hint: str


ZH = UnsentTexts(
    title="导出未上传的内容",
    offer="一直连不上网，或者手机已停用？可以把未上传的内容导出成文件，交给办公室导入。",
    open="导出未上传的内容",
    why="把文件交给办公室（微信、数据线、U 盘都行），由管理员在网页“设备”里导入。"
    "也可以先传到别人的手机上，由别人转交。",
    kept="导出不会删除手机上的任何内容：记录仍然等待上传，以后联网自动上传，不会重复。",
    sealed="文件已加密，只有办公室的服务器能打开。",
    records="记录 {count} 条",
    home_visits="家访 {count} 次",
    photos="照片 {count} 张",
    total="一共约 {size}，分 {count} 个文件",
    save="保存第 {number} 个文件（约 {size}）",
    save_one="保存文件（约 {size}）",
    saving="正在加密…",
    saved="文件已交给系统保存。请确认“下载”里有这个文件，再发给办公室。",
    none="没有未上传的内容",
    none_hint="手机上的记录和照片，服务器都有了。",
)

EN = UnsentTexts(
    title="Export unsent work",
    offer="No network for long, or has this phone's access ended? Export what was not sent as a file, which "
    "the office imports.",
    open="Export unsent work",
    why="Hand the file to the office, by messenger, cable or USB stick; an administrator imports it on the "
    "page Devices. You can also pass it on to another phone first.",
    kept="Exporting deletes nothing here: the records still wait, are sent once there is a network, and do "
    "not appear twice.",
    sealed="The file is encrypted. Only the office's server can open it.",
    records="{count} 〔record|records〕",
    home_visits="{count} home 〔visit|visits〕",
    photos="{count} 〔photo|photos〕",
    total="About {size} in {count} 〔file|files〕",
    save="Save file {number} (about {size})",
    save_one="Save the file (about {size})",
    saving="Encrypting…",
    saved="The file was handed over to be saved. Make sure that it is among your downloads, then send it to "
    "the office.",
    none="Nothing is unsent",
    none_hint="The server has all records and photos of this phone.",
)
