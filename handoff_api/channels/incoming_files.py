"""Files that shoppers send at a platform, on their way into the conversation.

Rule 1. Nobody waits for a file: the platform's call was acknowledged before, and while a file is fetched only its own
        sender's next messages wait.
Rule 2. What was taken in is noted in the inbox before the message is sent: tried again, nothing is fetched twice.
Rule 3. What cannot be had is said so, to the agent in the message's place and to the shopper by the bot's line; it is
        never silently lost.
"""

from collections.abc import Mapping

import structlog

from contracts.events import Attachment
from handoff_api import lines
from handoff_api.channels.errors import NotFetched, TryLater
from handoff_api.channels.messages import Adapter, Inbound, MediaRef
from handoff_api.domain.recordings import amr_seconds
from handoff_api.errors import FileRefused, FileTooLarge, PictureTooLarge, TooManyFiles
from handoff_api.services.files import SHOPPER, Files

log = structlog.get_logger()

TRIES = 6
"""About two minutes. A platform that is away longer costs the file, not the conversation."""
AWAY = "平台没有响应"
REFUSALS = {
    FileRefused: "格式不支持",
    FileTooLarge: "文件太大",
    PictureTooLarge: "尺寸太大",
    TooManyFiles: "今天发送的文件太多",
}


class IncomingFiles:
    def __init__(self, adapters: Mapping[str, Adapter], files: Files) -> None:
        self._adapters = adapters
        self._files = files

    async def brought_in(self, channel: str, inbound: Inbound, conversation_id: str, *, tries: int) -> Inbound:
        """The message with its file, or with an honest word instead. Raises TryLater while there is hope."""
        media = inbound.media
        assert media
        try:
            content = await self._adapters[channel].fetch(media)
            taken = await self._files.take_in(
                conversation_id, SHOPPER, content, media.name, recordings=media.kind != "picture"
            )
        except TryLater:
            if tries + 1 < TRIES:
                raise
            return _without(inbound, media, AWAY)
        except NotFetched as error:
            log.warning("channel.file_not_fetched", channel=channel, kind=media.kind, detail=error.detail)
            return _without(inbound, media, error.reason)
        except (FileRefused, FileTooLarge, PictureTooLarge, TooManyFiles) as error:
            log.info("channel.file_refused", channel=channel, kind=media.kind, why=error.code)
            return _without(inbound, media, REFUSALS[type(error)])
        return _with(inbound, media, taken, content)


def _with(inbound: Inbound, media: MediaRef, taken: Attachment, content: bytes) -> Inbound:
    """A picture speaks for itself, also to the bot. What the bot cannot hear or watch gets a line."""
    if taken.kind == "picture":
        return inbound.model_copy(update={"media": None, "text": "", "attachments": [taken.attachment_id]})
    seconds = amr_seconds(content)
    name = lines.VOICE_OF.format(seconds=seconds) if seconds else lines.MEDIA[media.kind]
    line = lines.VOICE_NOT_HEARD if media.kind == "voice" else lines.FILE_NOT_READ
    update = {"media": None, "text": name, "attachments": [taken.attachment_id], "bot_line": line}
    return inbound.model_copy(update=update)


def _without(inbound: Inbound, media: MediaRef, reason: str) -> Inbound:
    text = lines.NOT_RECEIVED.format(what=inbound.text or lines.MEDIA[media.kind], reason=reason)
    line = lines.SEND_AGAIN.format(what=lines.MEDIA_NAMES[media.kind], reason=reason)
    return inbound.model_copy(update={"media": None, "text": text, "bot_line": line})
