"""E-mail addresses, found from the @ outwards: a pattern that starts at every letter would be quadratic."""

import re
from typing import List, Text

from bot.language.entities.entity import Entity

LOCAL = re.compile(r"[A-Za-z0-9._%+-]{1,64}$")
DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,40}\.){1,4}[A-Za-z]{2,10}")
LOCAL_MAX = 64


def read_emails(clean: Text) -> List[Entity]:
    found, at = [], clean.find("@")
    while at >= 0:
        local = LOCAL.search(clean[max(0, at - LOCAL_MAX) : at])
        domain = DOMAIN.match(clean, at + 1)
        if local and domain:
            start = at - len(local[0])
            found.append(Entity("email", clean[start : domain.end()].lower(), start, domain.end(), {}, 0.98))
        at = clean.find("@", at + 1)
    return found
