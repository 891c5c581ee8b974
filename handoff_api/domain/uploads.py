"""What somebody uploads, made harmless: known by its first bytes, a picture drawn anew so that nothing of the file
but its pixels stays (no position, no camera, no hidden part).

Rule 1. Only JPEG, PNG, WebP and GIF are pictures; SVG and HTML are none. Of a moving picture its first frame stays.
Rule 2. The size is read from the header and refused before a pixel is unpacked.
Rule 3. A document is a PDF and kept as it is; only an agent may send one.
Rule 4. A recording (AMR, MP3, MP4) is kept as it is, too: from an agent, or from a chat app that a shopper spoke into.
"""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Literal

from PIL import Image, ImageOps, UnidentifiedImageError

from handoff_api.domain import recordings as recording
from handoff_api.domain.text import without_controls
from handoff_api.errors import FileRefused, PictureTooLarge

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MOST_PIXELS = 60_000_000
"""A phone's largest picture has 50 million; a JPEG of it is unpacked at the smaller size at once."""
LONGEST_SIDE, THUMBNAIL_SIDE = 2560, 480
QUALITY, THUMBNAIL_QUALITY = 86, 78
LONGEST_NAME = 80
NAMELESS = {".pdf": "文件", ".amr": "语音", ".mp3": "语音", ".mp4": "视频"}
PDF = b"%PDF-"
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, struct.error, zlib.error)
"""What Pillow raises over a file that is none."""


@dataclass(frozen=True)
class Safe:
    """What is kept. `thumbnail` is there for pictures only."""

    kind: Literal["picture", "document"]
    media_type: str
    suffix: str
    content: bytes
    thumbnail: bytes | None = None
    width: int | None = None
    height: int | None = None


def made_safe(content: bytes, *, documents: bool, recordings: bool = False) -> Safe:
    """`documents`: a PDF is taken as well; `recordings`: voice and video."""
    if documents and content.startswith(PDF):
        return Safe("document", "application/pdf", ".pdf", content)
    if recordings and (known := recording.kind_of(content)):
        return Safe("document", *known, content)
    try:
        return _redrawn(content)
    except (Image.DecompressionBombError, UnidentifiedImageError, *BROKEN):
        raise FileRefused from None


def _redrawn(content: bytes) -> Safe:
    with Image.open(BytesIO(content), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureTooLarge
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        is_clear = upright.has_transparency_data
        picture = upright.convert("RGBA" if is_clear else "RGB")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    media_type, suffix = ("image/png", ".png") if is_clear else ("image/jpeg", ".jpg")
    return Safe(
        "picture",
        media_type,
        suffix,
        _encoded(picture, QUALITY),
        _encoded(small, THUMBNAIL_QUALITY),
        picture.width,
        picture.height,
    )


def _encoded(picture: Image.Image, quality: int) -> bytes:
    picture.info.clear()  # what the file said about itself would be written again
    kept = BytesIO()
    if picture.mode == "RGBA":
        picture.save(kept, "PNG")
    else:
        picture.save(kept, "JPEG", quality=quality, progressive=True)
    return kept.getvalue()


def safe_name(name: str, suffix: str) -> str:
    """The file's own name without folders and invisible characters, ending in what it now is."""
    one_line = " ".join(without_controls(name).split())
    last = one_line.replace("\\", "/").rsplit("/", 1)[-1]
    stem = PurePath(last).stem.strip(". ")[:LONGEST_NAME]
    return (stem or NAMELESS.get(suffix, "图片")) + suffix
