"""Voice messages and films, known by their first bytes; how long a voice message is, read from its frames."""

AMR = b"#!AMR\n"
MP3 = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
FRAME_S = 0.02
FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
"""By the mode in a frame's first byte; the other modes hold nothing."""


def kind_of(content: bytes) -> tuple[str, str] | None:
    """Media type and suffix of a recording; None for anything else."""
    if content.startswith(AMR):
        return "audio/amr", ".amr"
    if content.startswith(MP3):
        return "audio/mpeg", ".mp3"
    return ("video/mp4", ".mp4") if content[4:8] == b"ftyp" else None


def amr_seconds(content: bytes) -> int:
    """Whole seconds, at least 1; 0 for anything but AMR (narrow band)."""
    if not content.startswith(AMR):
        return 0
    at, frames = len(AMR), 0
    while at < len(content):
        mode = content[at] >> 3 & 0x0F
        at += FRAME_BYTES[mode] if mode < len(FRAME_BYTES) else 1
        frames += 1
    return max(1, round(frames * FRAME_S))
