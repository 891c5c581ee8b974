"""What a new shop's agents find behind the slash."""

from handoff_api.domain.pinyin import initials
from handoff_api.first_replies import first_replies


def test_every_reply_has_letters_to_be_found_by_and_a_title_of_its_own() -> None:
    titles = [reply.title for reply in first_replies()]

    assert len(titles) == len(set(titles)) >= 25
    assert all(initials(title) for title in titles)
