"""Messages of the command line, in both Chinese and English because the user's language is not known."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One message in both languages, with placeholders in braces."""

    zh: str
    en: str

    def text(self, **values: object) -> str:
        """The message in both languages, one per line."""
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
PERSON_CHANGED = Line("已更改 {name} 的权限。", "Changed the role of {name}.")
PERSON_DEACTIVATED = Line("已停用 {name}。", "Deactivated {name}.")
PERSON_ACTIVATED = Line("已重新启用 {name}。", "Reactivated {name}.")
SECOND_FACTOR_RESET = Line("已重置 {name} 的两步验证。", "Reset two-step verification of {name}.")
PERSON_LINK = Line(
    "设置密码的一次性链接({days} 天内有效): {url}",
    "One-time link to set a password (valid {days} days): {url}",
)
CREATING_DEMO = Line("正在生成演示数据: {percent}%", "Creating demo data: {percent}%")
DEMO_CREATED = Line("演示数据在 {path}。", "The demo data is in {path}.")
NOT_EMPTY = Line("{path} 里已经有数据, 没有改动。", "{path} already contains data; nothing was changed.")
WROTE = Line("已写入 {path}。", "Wrote {path}.")
TARGET = Line("{year} 年{zh}目标 {hazards} 处", "{year}, {en}: {hazards} hazards")
PROGRESS = Line(
    "{year} 年首次销号 {counted} 处，其中反弹 {relapsed} 处，净完成 {net} 处。",
    "{year}: {counted} counted, {relapsed} of them relapsed, {net} net.",
)
PROGRESS_OF_TOWN = Line(
    "{zh}：首次销号 {counted} 处，反弹 {relapsed} 处，净完成 {net} 处。",
    "{en}: {counted} counted, {relapsed} relapsed, {net} net.",
)
RECOUNT_HEAD = Line(
    "从操作日志重新算出的名单：计入和反弹、编号、园区(镇街)、计入的日期、现在的状态",
    "Counted anew from the log: counted and relapsed, number, town, the day it counts from, present status",
)
RECOUNT_DIFFERS = Line(
    "网页上的数字和操作日志不一致，请联系维护人员。",
    "The pages count otherwise than the log; please ask whoever maintains this server.",
)
RESTORED = Line(
    "已记下：数据库是从备份恢复的。手机下次同步时会把备份之后的保存重新送来。",
    "Recorded: the database was restored from a backup. Phones will resend newer saves at their next sync.",
)
PHOTOS_GOOD = Line("{photos} 张照片都完好。", "All {photos} photos are as they were sent.")
PHOTOS_LOST = Line(
    "{photos} 张照片中，缺 {missing} 张，损坏 {damaged} 张。要让手机补送，请运行: anlan doctor --ask-again",
    "Of {photos} photos {missing} are missing and {damaged} damaged. To let phones send them again, run: "
    "anlan doctor --ask-again",
)
PHOTOS_ASKED = Line(
    "已记下。手机下次同步时会补送它们还有的原图。",
    "Recorded. At their next sync, phones send the originals that they still have.",
)
AUDIT_WHOLE = Line(
    "审计日志完好，共 {rows} 条。请把末条记在服务器以外的地方，以后核对用：",
    "The audit log is intact, with {rows} rows. Note its end outside of the server, for later checks:",
)
AUDIT_BROKEN = Line("审计日志有 {faults} 处不对。", "Faults found in the audit log: {faults}.")
AUDIT_CHANGED = Line("第 {number} 条被改动过，或换了位置。", "Row {number} was changed or moved.")
AUDIT_REPLACED = Line(
    "第 {number} 条被换过：它后面的一条接的不是它。",
    "Row {number} was replaced: the row after it was written after another one.",
)
AUDIT_MISSING = Line("缺第 {number} 至 {last} 条。", "Rows {number} to {last} are missing.")
AUDIT_AFTER_END = Line(
    "第 {number} 条起，是绕过系统加进去的。",
    "Rows from {number} on were added by other means than the server.",
)
AUDIT_NOT_AS_NOTED = Line(
    "第 {number} 条与记下的校验码不符。", "Row {number} does not have the hash that was noted."
)
AUDIT_MORE = Line("还有 {more} 处没有列出。", "Faults not listed: {more}.")
AUDIT_RESTORED = Line(
    "{at} 第 {number} 条：从备份恢复。备份以后的各条不在日志里，那以前记下的末条可能对不上。",
    "{at}, row {number}: restored from a backup. Rows written after the backup are not in the log; ends that "
    "were noted in that time may not be found.",
)
KEYS_FILE = Line("家访密钥文件: {path}", "Key file of home visits: {path}")
SECOND_FACTOR_FILE = Line("两步验证密钥文件: {path}", "Key file of two-step verification: {path}")
KEYS_MADE = Line(
    "已建立家访密钥文件: {path}\n请现在就把它所在的文件夹另存一份，放在这台服务器和数据备份以外的安全地方。"
    "丢了它，已收到的家访记录谁也打不开；谁同时拿到它和数据，谁就能打开全部家访记录。\n"
    "文件夹里以后还会有 {withdrawn}（撤回同意的家访名单）和 {second_factor}（两步验证的密钥），"
    "请和数据备份一样经常另存：没有这份名单，从备份恢复以后，已撤回的家访又会打得开。",
    "The key file of home visits was made: {path}\nKeep a copy of its folder now, in a safe place away from "
    "this server and its backups. Without it nobody can open the home visits that came in; whoever has both "
    "it and the data can open them all.\nThe folder will also hold {withdrawn}, the list of home visits "
    "whose consent was withdrawn, and {second_factor}, the key of two-step verification. Copy it again as "
    "often as the data: without the list, a restored backup opens again what was withdrawn.",
)
KEYS_CHANGED = Line(
    "家访密钥文件已更新: {path}\n请现在就重新另存一份，放在这台服务器和数据备份以外的安全地方："
    "以前另存的没有新密钥。",
    "The key file of home visits was changed: {path}\nCopy it again now, to a safe place away from this "
    "server and its backups: earlier copies lack the new key.",
)
KEY_MADE = Line("已为本学年建立新密钥 {kid}。", "A new key was made for this school year: {kid}.")
KEY_HERE = Line(
    "{kid} · {first} 至 {until} · 可打开 {visits} 份家访记录",
    "{kid} · {first} to {until} · opens home visits: {visits}",
)
KEY_AWAY = Line(
    "{kid} · {first} 至 {until} · 现在用不了，{visits} 份家访记录打不开",
    "{kid} · {first} to {until} · cannot be used now; home visits that do not open: {visits}",
)
KEY_GONE = Line(
    "{kid} · {first} 至 {until} · 已于 {at} 销毁", "{kid} · {first} to {until} · destroyed on {at}"
)
KEY_LOSES = Line(
    "销毁以后，{first} 至 {last} 密封的 {visits} 份家访记录再也打不开，备份里的也一样；"
    "还在手机上没有送来的也打不开。不能撤销。",
    "Once destroyed, these home visits can never be opened again, nor those in backups: {visits}, sealed "
    "from {first} to {last}. Nor can those that still wait on phones. This cannot be undone.",
)
KEY_CONFIRM = Line("请再输入一次密钥名以确认", "Type the key's name again to confirm")
KEY_KEPT = Line("没有销毁。", "Nothing was destroyed.")
KEY_DESTROYED = Line(
    "已销毁 {kid}，{visits} 份家访记录的内容已删除。请把您另存的密钥文件也换成现在这份。",
    "{kid} was destroyed, with the contents of home visits: {visits}. Replace your copies of the key file by "
    "the present one.",
)
ADMINISTRATOR = "管理员"
BACKUP_KEY_MADE = Line(
    "私钥写在 {path}，请另存一份，不要放在服务器上：没有它，备份谁也打不开。公钥：",
    "The private key is in {path}. Keep it away from the server and keep a copy: without it nobody opens a "
    "backup. Public key:",
)
BACKUP_MADE = Line(
    "已备份到 {folder}：照片 {photos} 张（新增 {new} 张），数据库 {size} 字节。读回来核对过。",
    "Backed up to {folder}: {photos} photos ({new} new), {size} bytes of database. It was read again and "
    "compared.",
)
BACKUP_LACKS = Line(
    "有 {missing} 张照片服务器上没有或已损坏，没有备份。请运行 anlan doctor。",
    "{missing} photos are missing or damaged on this server and were not backed up. Run anlan doctor.",
)
BACKUP_PUT_BACK = Line(
    "已恢复 {made_at} 的备份，照片 {photos} 张。手机会补传之后的记录。请按手册核对人员、密码和吊销的手机。",
    "Restored the backup of {made_at} with {photos} photos. Phones send again what came later. Check people, "
    "passwords and revoked phones as the handbook says.",
)
BACKUP_LACKED = Line(
    "备份里缺 {missing} 张照片，已记作未收到，手机上还有的会补传。",
    "{missing} photos are not in the backup. They are noted as not received; phones that still have them "
    "send them again.",
)
BACKUP_OPENS = Line(
    "演练成功：{made_at} 的备份能打开，照片 {photos} 张，缺 {missing} 张。什么都没有保留。",
    "The rehearsal worked: the backup of {made_at} opens, with {photos} photos, {missing} missing. Nothing "
    "of it was kept.",
)
