"""Links to single files, for channels that show none themselves: who holds one may see that file, for some days."""

import base64
import hashlib
import hmac
from datetime import timedelta

from handoff_api.domain.clock import Clock
from handoff_api.errors import FileNotFound

PURPOSE = "shouhou.file"
MAC_BYTES = 18
LIFETIME = timedelta(days=7)


class FileLinks:
    """`origin` is where browsers see the bridge."""

    def __init__(self, origin: str, secret: str, clock: Clock) -> None:
        self._origin = origin
        self._secret = secret.encode()
        self._clock = clock

    def url(self, attachment_id: str) -> str:
        until = int((self._clock() + LIFETIME).timestamp())
        return f"{self._origin}/v1/files/{attachment_id}/shared?until={until}&key={self._key(attachment_id, until)}"

    def require_good(self, attachment_id: str, until: int, key: str) -> None:
        """A link that is forged or too old leads nowhere."""
        is_genuine = hmac.compare_digest(key.encode(), self._key(attachment_id, until).encode())
        if not is_genuine or until <= self._clock().timestamp():
            raise FileNotFound

    def _key(self, attachment_id: str, until: int) -> str:
        signed = hmac.new(self._secret, f"{PURPOSE}|{attachment_id}|{until}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(signed[:MAC_BYTES]).decode()
