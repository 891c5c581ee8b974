"""What WeChat and WeCom have in common on the wire: signatures, AES-256-CBC envelopes, XML."""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
import struct
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from handoff_api.errors import RequestInvalid, SignatureRefused

BLOCK = 32
RANDOM_BYTES = 16


def signature(*parts: str) -> str:
    """hex SHA-1 of the sorted parts, joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def is_signed(given: str, *parts: str) -> bool:
    return given.isascii() and hmac.compare_digest(given, signature(*parts))


class Envelope:
    """The AES envelope of one account: random(16) + length + message + receive id, padded to 32 bytes."""

    def __init__(self, encoding_aes_key: str, receive_id: str) -> None:
        self._key = base64.b64decode(encoding_aes_key + "=")
        self._receive_id = receive_id.encode()

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))

    def encrypt(self, message: bytes, random: bytes = b"") -> str:
        random = random or secrets.token_bytes(RANDOM_BYTES)
        plain = random + struct.pack(">I", len(message)) + message + self._receive_id
        fill = BLOCK - len(plain) % BLOCK
        encryptor = self._cipher().encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([fill]) * fill) + encryptor.finalize()).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """SignatureRefused for whatever was not made with this key for this receiver."""
        try:
            sealed = base64.b64decode(encrypted, validate=True)
            decryptor = self._cipher().decryptor()
            padded = decryptor.update(sealed) + decryptor.finalize()
            plain = padded[: -_padding(padded)]
            (length,) = struct.unpack(">I", plain[RANDOM_BYTES : RANDOM_BYTES + 4])
        except (ValueError, binascii.Error, struct.error):
            raise SignatureRefused from None
        message, receive_id = plain[RANDOM_BYTES + 4 :][:length], plain[RANDOM_BYTES + 4 + length :]
        if len(message) != length or not hmac.compare_digest(receive_id, self._receive_id):
            raise SignatureRefused
        return message


def _padding(padded: bytes) -> int:
    fill = padded[-1] if padded else 0
    if not 1 <= fill <= BLOCK or padded[-fill:] != bytes([fill]) * fill:
        raise ValueError("padding")
    return fill


def parse(body: bytes) -> dict[str, str]:
    """The fields of a flat XML or JSON message. Anything that could name something outside of itself is refused."""
    try:
        text = body.decode()
        if text.lstrip().startswith("{"):
            said = json.loads(text)
            return {name: _plain(value) for name, value in said.items()}
        if "<!DOCTYPE" in text or "<!ENTITY" in text:
            raise RequestInvalid
        root = ElementTree.fromstring(text)  # no document type: nothing to expand
    except (UnicodeDecodeError, ValueError, ElementTree.ParseError):
        raise RequestInvalid from None
    return {child.tag: child.text or "" for child in root}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def to_xml(fields: Mapping[str, str | int]) -> bytes:
    """Strings as CDATA, whatever they contain; numbers as they are."""
    parts = [
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}>{_cdata(value)}</{name}>"
        for name, value in fields.items()
    ]
    return f"<xml>{''.join(parts)}</xml>".encode()


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"
