"""What is uploaded is known by its bytes and drawn anew."""

from io import BytesIO

import pytest
from PIL import Image

from handoff_api.domain.recordings import amr_seconds
from handoff_api.domain.uploads import LONGEST_SIDE, THUMBNAIL_SIDE, made_safe, safe_name
from handoff_api.errors import FileRefused, PictureTooLarge
from tests.fakes.recordings import MP3, MP4, amr
from tests.handoff_api.pictures import HTML, PDF, SVG, picture, pixel_bomb, turned_with_position


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_of_picture_becomes_one_of_ours(fmt: str) -> None:
    safe = made_safe(picture(fmt), documents=False)

    assert (safe.kind, safe.width, safe.height) == ("picture", 60, 40)
    assert opened(safe.content).format in ("JPEG", "PNG")
    assert safe.thumbnail is not None


def test_position_and_camera_are_gone_and_it_stands_upright() -> None:
    safe = made_safe(turned_with_position(), documents=False)

    assert (safe.width, safe.height) == (40, 60)
    assert not opened(safe.content).getexif()
    assert b"Exif" not in safe.content


def test_what_is_hidden_behind_the_pixels_is_gone() -> None:
    safe = made_safe(picture("PNG") + HTML, documents=False)

    assert b"script" not in safe.content


def test_a_large_picture_is_made_smaller() -> None:
    safe = made_safe(picture(size=(4000, 1000)), documents=False)

    assert opened(safe.content).width == LONGEST_SIDE
    assert opened(safe.thumbnail or b"").width == THUMBNAIL_SIDE


def test_what_is_clear_stays_clear() -> None:
    kept = BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(kept, "PNG")

    safe = made_safe(kept.getvalue(), documents=False)

    assert opened(safe.content).getpixel((5, 5)) == (0, 0, 0, 0)


@pytest.mark.parametrize("content", [SVG, HTML, PDF, b"MZ\x90\0", b"GIF89a", b"\xff\xd8\xff", picture()[:300], b"x"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        made_safe(content, documents=False)


def test_a_pixel_bomb_is_refused_by_its_header() -> None:
    with pytest.raises((PictureTooLarge, FileRefused)):
        made_safe(pixel_bomb(), documents=False)
    with pytest.raises(PictureTooLarge):
        made_safe(pixel_bomb(9000, 9000), documents=False)


def test_a_document_is_taken_where_documents_are() -> None:
    assert made_safe(PDF, documents=True).kind == "document"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("破损.png", "破损.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\x\\鞋子.jpeg", "鞋子.jpg"),
        ("", "图片.jpg"),
        ("photo\u202egnp.exe", "photognp.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "a Set-Cookie: x.jpg"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept: str) -> None:
    assert safe_name(name, ".jpg") == kept


@pytest.mark.parametrize(
    ("content", "media_type", "name"),
    [(amr(1), "audio/amr", "语音.amr"), (MP3, "audio/mpeg", "语音.mp3"), (MP4, "video/mp4", "视频.mp4")],
)
def test_a_recording_is_taken_where_one_may_come(content: bytes, media_type: str, name: str) -> None:
    safe = made_safe(content, documents=False, recordings=True)

    assert (safe.kind, safe.media_type, safe.content) == ("document", media_type, content)
    assert safe_name("", safe.suffix) == name
    with pytest.raises(FileRefused):
        made_safe(content, documents=False)


def test_the_length_of_a_voice_message_is_read_from_its_frames() -> None:
    assert [amr_seconds(amr(seconds)) for seconds in (0.1, 2.6, 60)] == [1, 3, 60]
    assert amr_seconds(b"#!AMR\n" + b"\xff" * 100) >= 1, "what no phone writes ends, too"
    assert amr_seconds(MP3) == 0
