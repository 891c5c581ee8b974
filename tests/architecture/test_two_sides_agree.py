"""What the bot's environment and the services' must both know, and cannot import from one another."""

from actions.person_request import CAPABILITIES as OF_ACTIONS
from bot.language.second_wish import CAPABILITIES as OF_BOT


def test_bot_and_actions_sort_intents_into_the_same_capabilities() -> None:
    assert OF_ACTIONS == OF_BOT
