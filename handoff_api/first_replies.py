"""The canned replies a new shop begins with, read from the YAML beside this module."""

from pathlib import Path

import yaml

from contracts.desk import NewCannedReply

FILE = Path(__file__).with_name("first_replies.yml")


def first_replies() -> list[NewCannedReply]:
    groups = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return [
        NewCannedReply(group=each["group"], title=title, text=text)
        for each in groups
        for title, text in each["replies"].items()
    ]
