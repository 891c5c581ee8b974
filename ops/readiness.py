"""Does the bridge reach what it was told to use? Asked once, after the start."""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Mapping

from ops.console import Stop

PLACES = {"record": "DATABASE_URL", "redis": "REDIS_URL", "bot": "BOT_URL", "shop": "SHOP_API_URL"}
PARTS_WITHIN_S = 20


def require_all_parts(bridge: str, environment: Mapping[str, str]) -> None:
    """A bridge that lives may still reach nothing: ask it, and name the part and the setting that points nowhere."""
    until = time.monotonic() + PARTS_WITHIN_S
    while missing := missing_parts(bridge):
        if time.monotonic() > until:
            told = ", ".join(f"{part} ({PLACES[part]}={without_password(environment, part)})" for part in missing)
            raise Stop(
                f"The bridge runs but does not reach: {told}. Set it right, or unset it to use the one built in."
            )
        time.sleep(0.5)


def missing_parts(bridge: str) -> list[str]:
    """Asked of `/health/ready`, which answers 503 without the record."""
    try:
        with urllib.request.urlopen(f"{bridge}/health/ready", timeout=15) as reply:
            parts = json.load(reply)["parts"]
    except urllib.error.HTTPError as error:
        parts = json.load(error)["parts"]
    return [part for part, is_there in parts.items() if not is_there]


def without_password(environment: Mapping[str, str], part: str) -> str:
    return re.sub(r"(://[^:/@]*):[^@]*@", r"\1:…@", environment.get(PLACES[part], ""))
