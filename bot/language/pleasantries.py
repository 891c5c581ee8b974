"""Greetings before a request and thanks after it: they say nothing about what is wanted.

Only what surrounds a request is cut; a message that is nothing but pleasantries stays as it is.
"""

import re

PAUSE = r"[\s,，。.!！?？~～、…]*"
OPENING = re.compile(
    r"^(?:(?:您好|你好|亲亲|亲|在吗|在么|哈喽|hi|hello|请问一下|请问下|请问|我?想问一下|我?想问下|问一下|问下|咨询一下"
    rf"|麻烦|那个|嗯+|哦+|好的?|是的|对|老板|客服)[呀啊呢吧嘛哈哦的]?{PAUSE})+"
)
CLOSING = re.compile(rf"{PAUSE}(?:谢谢(?:你|您|了|啦|哈)?|麻烦(?:你|您)?了|多谢|感谢|拜托了?)?{PAUSE}$")
LEAST_LEFT = 3


def without_pleasantries(text: str) -> str:
    """The request inside `text` (normalised), or `text` where less than three characters would be left."""
    rest = CLOSING.sub("", OPENING.sub("", text[:4000]))
    return rest if len(rest) >= LEAST_LEFT else text
