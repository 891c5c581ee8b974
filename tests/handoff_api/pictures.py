"""Files as people and attackers upload them."""

import struct
import zlib
from io import BytesIO

from PIL import Image


def picture(fmt: str = "JPEG", *, size: tuple[int, int] = (60, 40), **saved: object) -> bytes:
    kept = BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(kept, fmt, **saved)
    return kept.getvalue()


def turned_with_position() -> bytes:
    """A phone's picture held upright: the header says "turn by 90°" and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 0.0)
    return picture(exif=exif)


def pixel_bomb(width: int = 50_000, height: int = 50_000) -> bytes:
    """A few bytes that say they are 2.5 billion pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
