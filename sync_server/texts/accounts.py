"""Texts of the pages about one's own account and how one signs in."""

from dataclasses import dataclass

from sync_server.texts.words import Language


@dataclass(frozen=True, slots=True)
class AccountTexts:
    """The texts of one language, in the notation of `shared.plural`."""

    account_of: str
    signed_in_browsers: str
    signed_in_browsers_lead: str
    browser: str
    unknown_browser: str
    this_browser: str
    signed_in_since: str
    last_used: str
    network_address: str
    sign_out_everywhere: str
    was_signed_out: str
    nowhere_signed_in: str
    change_password: str
    change_password_lead: str
    present_password: str
    password_wrong: str
    password_was_changed: str
    second_factor: str
    second_factor_lead: str
    second_factor_since: str
    second_factor_not: str
    turn_on: str
    turn_off: str
    turn_off_explained: str
    change_second_factor: str
    your_password: str
    scan_this: str
    or_type: str
    open_app: str
    type_code: str
    recovery_codes: str
    recovery_codes_lead: str
    codes_left: str
    new_codes: str
    new_codes_explained: str
    code: str
    code_lead: str
    code_help: str
    begin_again: str
    wrong_codes: str  # count, at
    wrong_codes_mine: str
    reset: str
    reset_explained: str
    was_reset: str


ZH = AccountTexts(
    account_of="{name} 的账号",
    signed_in_browsers="已登录的浏览器",
    signed_in_browsers_lead="有不认识的，请在这里把它退出，再换一个密码。",
    browser="浏览器",
    unknown_browser="未知浏览器",
    this_browser="当前浏览器",
    signed_in_since="登录时间",
    last_used="最近使用",
    network_address="网络地址",
    sign_out_everywhere="全部退出登录",
    was_signed_out="已退出登录。",
    nowhere_signed_in="目前没有在任何浏览器登录。",
    change_password="修改密码",
    change_password_lead="改好以后，这个浏览器仍然登录，别的浏览器全部退出。手机不受影响。",
    present_password="现在的密码",
    password_wrong="现在的密码不对，请再输一次。忘了的话，请管理员发一个设置密码链接。",
    password_was_changed="密码已修改，别的浏览器已退出登录。",
    second_factor="两步验证",
    second_factor_lead="开启以后，除了密码，登录时还要输入手机验证器应用"
    "（如 Microsoft Authenticator、FreeOTP）显示的 6 位验证码，这样别人只知道密码也登录不了。请先输入密码。",
    second_factor_since="已从 {at} 起开启。",
    second_factor_not="没有开启。",
    turn_on="开启两步验证",
    turn_off="关闭两步验证",
    turn_off_explained="以后只凭密码就能登录。换手机时，先关闭，再用新手机开启。",
    change_second_factor="备用码、换手机、关闭",
    your_password="您的密码",
    scan_this="用验证器应用扫描这个二维码。",
    or_type="不能扫描，就在应用里手工输入密钥：",
    open_app="在这部手机的应用里打开",
    type_code="输入应用显示的 6 位验证码",
    recovery_codes="备用码",
    recovery_codes_lead="手机不在身边时，可以用一个备用码代替验证码，每个只能用一次。请现在抄下或打印，不要放在手机里；以后不会再显示。",
    codes_left="还有 {count} 个备用码没有用过。",
    new_codes="生成新的备用码",
    new_codes_explained="原来的备用码全部作废。",
    code="验证码",
    code_lead="密码正确。请打开手机上的验证器应用，输入它显示的 6 位验证码。",
    code_help="手机不在身边，或者提示要等，请输入一个备用码；备用码也没有，请管理员重置两步验证。",
    begin_again="重新登录",
    wrong_codes="有人输对了您的密码，又输错了 {count} 次验证码（最近 {at}）。如果不是您，"
    "说明有人知道您的密码：请现在换一个。",
    wrong_codes_mine="是我自己输错的",
    reset="重置两步验证",
    reset_explained="手机丢了、备用码也没有时用：以后只凭密码就能登录，直到本人重新开启。请先确认是本人。",
    was_reset="两步验证已重置。",
)
EN = AccountTexts(
    account_of="Account of {name}",
    signed_in_browsers="Signed-in browsers",
    signed_in_browsers_lead="If you do not recognise one, sign it out here and choose another password.",
    browser="Browser",
    unknown_browser="Unknown browser",
    this_browser="this browser",
    signed_in_since="Signed in",
    last_used="Last used",
    network_address="Network address",
    sign_out_everywhere="Sign out everywhere",
    was_signed_out="Signed out.",
    nowhere_signed_in="Not signed in anywhere.",
    change_password="Change password",
    change_password_lead="This browser stays signed in, all others are signed out. Phones are not affected.",
    present_password="Present password",
    password_wrong="That is not your present password. If you forgot it, ask the administrator for a link "
    "to set one.",
    password_was_changed="The password was changed, and all other browsers were signed out.",
    second_factor="Two-step verification",
    second_factor_lead="Once it is on, signing in also takes the 6 digits that an authenticator app on your "
    "phone shows (such as Microsoft Authenticator or FreeOTP), so that your password alone "
    "lets nobody in. First give your password.",
    second_factor_since="On since {at}.",
    second_factor_not="Not turned on.",
    turn_on="Turn on two-step verification",
    turn_off="Turn off two-step verification",
    turn_off_explained="Then the password alone is enough. To change to another phone, turn it off, then on "
    "with the new one.",
    change_second_factor="Recovery codes, another phone, turning it off",
    your_password="Your password",
    scan_this="Scan this QR code with the authenticator app.",
    or_type="If you cannot scan it, type this key into the app:",
    open_app="Open it in an app on this phone",
    type_code="Type the 6 digits that the app shows",
    recovery_codes="Recovery codes",
    recovery_codes_lead="Without your phone, one of these codes stands in for the app, each of them once. "
    "Write them down or print them now, and keep them apart from the phone. They are not shown "
    "again.",
    codes_left="{count} recovery code〔 is|s are〕 unused.",
    new_codes="Make new recovery codes",
    new_codes_explained="The old ones stop working.",
    code="Code",
    code_lead="The password is right. Open the authenticator app on your phone and type the 6 digits "
    "that it shows.",
    code_help="Without your phone, or if you are told to wait, type a recovery code. If you have none "
    "either, ask the administrator to reset two-step verification.",
    begin_again="Begin again",
    wrong_codes="Somebody gave your password and then {count} wrong code〔|s〕, the last at {at}. "
    "If that was not you, somebody knows your password: choose another now.",
    wrong_codes_mine="That was me",
    reset="Reset two-step verification",
    reset_explained="For somebody who lost the phone and has no recovery code: the password alone is enough "
    "until they turn it on again. First make sure that it is them.",
    was_reset="Two-step verification was reset.",
)


def account_texts(language: Language) -> AccountTexts:
    """The texts of these pages in a language."""
    return ZH if language == "zh" else EN
