"""An envelope as a row of the inbox."""

from typing import Any

from handoff_api.channels.messages import Inbound


def inbox_row(channel: str, message: Inbound) -> dict[str, Any]:
    return {
        "channel": channel,
        "message_id": message.message_id,
        "user_id": message.user_id,
        "body": message.model_dump(mode="json"),
    }
