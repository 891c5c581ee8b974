"""Answers of a few letters: a plain yes, and the number of what was offered ("2", "②", "第二个", "选2"). Pure.

Rule 1. Nothing is done on a yes that is no plain yes: a sentence that was read as one may say something else.
Rule 2. A count is no place: "两件" says how many, "第二件" says which.
"""

import re
import unicodedata

from contracts.shop import CaseType

NUMERALS = {word: place for place, word in enumerate("一二三四五六七八九十", 1)} | {"两": 2}
NUMBER = r"(?P<n>\d{1,2}|[一二两三四五六七八九十])"
BEFORE = r"(?:no\.?|选项?|就|要|我|那|是|[(（\[【#])*"
AFTER = r"(?:号|项|[)）\]】、。.,，!！~]|吧|的|呗|啊|哈|呢|就行|就好|谢谢)*"
BARE = re.compile(rf"{BEFORE}\s*{NUMBER}\s*{AFTER}", re.IGNORECASE)
ORDINAL = re.compile(rf"第\s*{NUMBER}\s*[个件双只单条项款张种]?")
LAST = re.compile(r"最后(?:一|那)[个件双只单条项款张种]")
ORDINAL_LENGTH = 10  # a longer sentence names more than a place

CORE = (
    r"嗯|恩|好|行|可以|对|是|没问题|没错|没毛病|ok|yes|中|成|要得|妥|同意|确认|確認|确定|確定|提交|登记|填写|[👌👍🙆✅]"
)
SMALL = (
    r"哦|噢|可|那|就|请|帮我|给我|麻烦|你|您|都|这样|这么|按这个|接着|继续|办理?|填|吧|了|的|啊|呀|呐|哒|嘞|呗|嘛|啦|哈|谢谢|"
    r"先|直接|马上|赶紧|快|一下|它|申请|来|走|做|弄|搞|要|需要|退货?款?|换货?|维?修|补发?|撤销?|取消|寄|催"
)
YES = re.compile(rf"(?:{CORE}|{SMALL}|[\s，,。.!！~、～🏻-🏿\ufe0f])+", re.IGNORECASE)
HAS_CORE = re.compile(CORE, re.IGNORECASE)
URGES = re.compile(r"(?:吧|呗|就)")
VERBS = {
    "退": {CaseType.RETURN_REFUND, CaseType.REFUND_ONLY},
    "换": {CaseType.EXCHANGE},
    "修": {CaseType.REPAIR},
    "补": {CaseType.RESEND},
}
NO_SERVICE = re.compile(r"撤|取消|寄|催")


def place_in(text: str) -> int | None:
    """Which of a list is meant, from 0; -1 is the last. None where the text is no place."""
    said = unicodedata.normalize("NFKC", text).strip()
    if len(said) <= ORDINAL_LENGTH and LAST.search(said):
        return -1
    match = BARE.fullmatch(said) or (ORDINAL.search(said) if len(said) <= ORDINAL_LENGTH else None)
    if match is None:
        return None
    number = NUMERALS.get(match["n"]) or int(match["n"])
    return number - 1 if number else None


def is_plain_yes(text: str) -> bool:
    """Only words of agreement, with at least one that agrees."""
    said = text.strip()
    return bool(YES.fullmatch(said)) and bool(HAS_CORE.search(said) or URGES.search(said))


def agrees_to(text: str, case_type: CaseType) -> bool:
    """A plain yes to this service: "换吧" is none to a return."""
    named = [types for verb, types in VERBS.items() if verb in text]
    return is_plain_yes(text) and not NO_SERVICE.search(text) and all(case_type in types for types in named)
