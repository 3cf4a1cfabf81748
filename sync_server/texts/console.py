"""What the command says in the terminal, in Chinese and English at once: there is nobody to ask yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One text in both languages; names in braces are filled in."""

    zh: str
    en: str

    def said(self, **values: object) -> str:
        """Both languages, one below the other."""
        return f"{self.zh.format(**values)}\n{self.en.format(**values)}"


SERVING = Line("安澜已启动。地图: {url}", "Anlan is running. The map: {url}")
SET_PASSWORD = Line(
    "管理员还没有密码。请用这个一次性链接设置({days} 天内有效): {url}",
    "The administrator has no password yet. Set one with this one-time link (valid {days} days): {url}",
)
PHONE = Line(
    "手机链接(一次性,{hours} 小时内有效): {url}",
    "Phone link (works once, valid {hours} hours): {url}",
)
NO_PHONE_APP = Line(
    "手机应用还没有构建,手机链接暂不可用。请先运行: anlan phone build web",
    "The phone app has not been built, so the phone link does not work yet. Run: anlan phone build web",
)
LAN = Line("同一网络内的地址: {url}", "On this network: {url}")
SECURE = Line(
    "手机浏览器只在 HTTPS 或 localhost 下允许离线使用和定位。要让别的手机使用, "
    "请在前面放一个 HTTPS 反向代理, 并设置 ANLAN_PUBLIC_URL。",
    "Phone browsers allow offline use and location only over HTTPS or on localhost. For other phones, put an "
    "HTTPS reverse proxy in front and set ANLAN_PUBLIC_URL.",
)
STOP = Line("按 Ctrl+C 停止。", "Press Ctrl+C to stop.")
PERSON_ADDED = Line("已添加 {name}。", "Added {name}.")
PERSON_CHANGED = Line("已更改 {name} 的权限。", "Changed what {name} may do.")
PERSON_LINK = Line(
    "设置密码的一次性链接({days} 天内有效): {url}",
    "One-time link to set a password (valid {days} days): {url}",
)
MAKING_UP = Line("正在生成演示数据: {percent}%", "Making up hazards: {percent} %")
MADE_UP = Line("演示数据在 {path}。", "The made-up hazards are in {path}.")
NOT_EMPTY = Line("{path} 里已经有数据, 没有改动。", "There is data in {path} already; nothing was changed.")
WROTE = Line("已写入 {path}。", "Wrote {path}.")
TARGET = Line("{year} 年 {town}目标 {hazards} 处", "{year} {town}: {hazards} hazards")
RESTORED = Line(
    "已记下：数据库是从备份恢复的。手机下次同步时会把备份之后的保存重新送来。",
    "Noted: the database was put back from a copy. At their next sync phones send again what it lacks.",
)
ADMINISTRATOR = "管理员"
