"""Greetings before a request and thanks after it: they say nothing about what is wanted.

Only what surrounds a request is cut; a message that is nothing but pleasantries stays as it is.
"""

import re
from typing import Tuple

PAUSES = " ,，。.!！?？~～、…"
OPENING = re.compile(
    r"(?:(?:您好|你好|亲亲|亲|在吗|在么|哈喽|hi|hello|请问一下|请问下|请问|我?想问一下|我?想问下|问一下|问下|咨询一下"
    r"|麻烦|那个|嗯+|哦+|好的?|是的|对|老板|客服)[呀啊呢吧嘛哈哦的]?[ ,，。.!！?？~～、…]*)+"
)
THANKS = (
    "谢谢你",
    "谢谢您",
    "谢谢了",
    "谢谢啦",
    "谢谢哈",
    "谢谢",
    "麻烦你了",
    "麻烦您了",
    "麻烦了",
    "多谢",
    "感谢",
    "拜托了",
    "拜托",
)
LEAST_LEFT = 3


def split_pleasantries(text: str) -> Tuple[str, str]:
    """The request inside `text` (normalised), and what stood around it; all is request where too little would be left.

    Linear in the length of the text: the end is cut by suffix, because a pattern that may begin anywhere is not.
    """
    opening = OPENING.match(text)
    start = opening.end() if opening else 0
    rest = text[start:].rstrip(PAUSES)
    for thanks in THANKS:
        if rest.endswith(thanks):
            rest = rest[: -len(thanks)].rstrip(PAUSES)
            break
    return (rest, text[:start] + text[start + len(rest) :]) if len(rest) >= LEAST_LEFT else (text, "")


def without_pleasantries(text: str) -> str:
    """The request inside `text` (normalised), or `text` where less than three characters would be left."""
    return split_pleasantries(text)[0]
