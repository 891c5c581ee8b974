"""How long a voice message is, read from its frames."""

from handoff_api.domain.pictures import AMR

FRAME_S = 0.02
FRAME_BYTES = (13, 14, 16, 18, 20, 21, 27, 32, 6)
"""By the mode in a frame's first byte; the other modes hold nothing."""


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
