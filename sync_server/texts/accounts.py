"""Texts of the pages about one's own account and how one signs in."""

from dataclasses import dataclass

from sync_server.texts.words import Language


@dataclass(frozen=True, slots=True)
class AccountTexts:
    """The texts of one language."""

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
)


def account_texts(language: Language) -> AccountTexts:
    """The texts of these pages in a language."""
    return ZH if language == "zh" else EN
