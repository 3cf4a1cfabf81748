"""The texts of the app's PIN, in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LockTexts:
    """The texts of one language; those with `count` depend on it (`shared.plural`)."""

    title: str
    off: str
    set: str
    is_on: str
    change: str
    why: str
    protects: str
    after: str
    minutes: str
    pin: str
    turn_off: str
    is_off: str
    ask: str
    open: str
    forgotten: str
    forgotten_how: str
    confirm: str
    other_person: str
    exported: str


ZH = LockTexts(
    title="应用密码",
    off="没有设置。设了以后，打开应用要输入密码。",
    set="设置应用密码",
    is_on="已设置。",
    change="更改或关闭",
    why="密码至少 {digits} 位数字。打开应用、或离开一段时间再回来时，要输入密码。",
    protects="它只挡住别人看屏幕，不加密手机里的记录；请同时设置手机自己的锁屏密码。"
    "忘记密码不会丢记录：向管理员要一个登记码，联网确认后重设。",
    after="离开多久以后要输入",
    minutes="{count} 分钟",
    pin="应用密码",
    turn_off="关闭应用密码",
    is_off="应用密码已关闭",
    ask="请输入应用密码",
    open="打开",
    forgotten="忘记密码",
    forgotten_how="记录都还在。请向管理员要一个本人的登记码，联网输入；确认后密码取消，可以重新设置。",
    confirm="确认并取消密码",
    other_person="这个登记码是别人的，不能用来打开这部手机。",
    exported="第 {number} 个文件，共 {all} 个。",
)

EN = LockTexts(
    title="App PIN",
    off="Not set. With it, the app asks for a PIN when it is opened.",
    set="Set an app PIN",
    is_on="Set.",
    change="Change or turn off",
    why="The PIN has at least {digits} digits. The app asks for it when it is opened, and when you come back "
    "after a while.",
    protects="It only keeps others from looking at the screen. It does not encrypt the records on the phone, "
    "so set the phone's own screen lock as well. A forgotten PIN loses no record: ask your administrator for "
    "a code and confirm online.",
    after="Ask after so long away",
    minutes="{count} 〔minute|minutes〕",
    pin="App PIN",
    turn_off="Turn off the app PIN",
    is_off="The app PIN is off",
    ask="Enter the app PIN",
    open="Open",
    forgotten="I forgot the PIN",
    forgotten_how="All records are safe. Ask your administrator for a code of your own and enter it while "
    "online. Then the PIN is gone, and you can set another one.",
    confirm="Confirm and drop the PIN",
    other_person="This code is somebody else's. It cannot open this phone.",
    exported="File {number} of {all}.",
)
