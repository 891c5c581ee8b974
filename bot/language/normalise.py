"""One spelling for what shoppers write in many: width, script, case, spaces, repeats, emoji.

Everything here is linear in the length of the text; any string is accepted, lone surrogates included.
"""

import functools
import re
import unicodedata

import opencc

MAX_CHARACTERS = 4000

# What an emoji says in a shopper's message. Only those that carry a mood or a wish; the others are dropped.
EMOJI_WORDS = {
    "😡": "生气", "🤬": "生气", "😠": "生气", "💢": "生气", "👎": "差评", "🙄": "无语", "😒": "无语", "😤": "生气",
    "😭": "难过", "😢": "难过", "😞": "难过", "💔": "难过", "😓": "无语", "🙏": "拜托", "👍": "好", "👌": "好",
    "🆗": "好", "❤": "喜欢", "😊": "谢谢", "😄": "哈哈", "😂": "哈哈", "🤣": "哈哈", "👋": "你好", "🌹": "谢谢",
    "❓": "?", "❗": "!", "🔥": "着火", "🚚": "快递", "📦": "包裹", "💰": "钱", "🧾": "发票",
}  # fmt: skip
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u203c\u2049]")
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ud800-\udfff]"
)
BETWEEN_HAN = re.compile(r"(?<=[\u3400-\u9fff])[ \t\u3000]+(?=[\u3400-\u9fff])")
SPACES = re.compile(r"\s+")
REPEATED = re.compile(r"(.{1,4}?)\1{2,}")
LONG_NUMBER = re.compile(r"\d{20,}")


@functools.lru_cache(maxsize=1)
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def clean(text: str) -> str:
    """`text` without what cannot be seen, in compatibility width (NFKC), cut at 4,000 characters; case is kept.

    Entities are read from this form, so values keep their own case and script.
    """
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text[:MAX_CHARACTERS]))
    return SPACES.sub(" ", INVISIBLE.sub("", text)).strip()[:MAX_CHARACTERS]


def normalise(text: str) -> str:
    """The form intents are read from: clean, simplified, lower case, emoji as words, repeats cut to two."""
    text = _to_simplified().convert(clean(text)).lower()
    text = EMOJI.sub(lambda match: EMOJI_WORDS.get(match[0], ""), text)
    text = BETWEEN_HAN.sub("", text)
    text = REPEATED.sub(r"\1\1", text)
    return SPACES.sub(" ", text).strip()
