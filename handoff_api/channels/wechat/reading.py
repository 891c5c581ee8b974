"""What a shopper did in WeChat, read from the platform's message. Pure."""

from datetime import UTC, datetime
from typing import Any

from handoff_api import lines
from handoff_api.channels.accounts import WechatAccount
from handoff_api.channels.messages import Inbound, MediaKind, MediaRef

PERSON = "person"
MEDIA: dict[str, MediaKind] = {"image": "picture", "voice": "voice", "video": "video", "shortvideo": "video"}
UNTAKEN = {"file": "文件", **{kind: lines.MEDIA_NAMES[name] for kind, name in MEDIA.items()}}
"""What comes without anything to fetch it by."""


def read(said: dict[str, str], account: WechatAccount, *, now: datetime) -> Inbound | None:
    """None for what needs no answer (a page opened from the menu, a template message's fate, …)."""
    user_id = said.get("FromUserName", "")
    if not user_id:
        return None
    is_event = said.get("MsgType") == "event"
    fields = _event(said, account) if is_event else _message(said, account)
    if fields is None:
        return None
    return Inbound(user_id=user_id, message_id=_id(said), at=_at(said, now), by_event=is_event, **fields)


def _id(said: dict[str, str]) -> str:
    """MsgId; an event has none and is known by who, when and what."""
    if said.get("MsgId"):
        return said["MsgId"]
    parts = (said.get("FromUserName", ""), said.get("CreateTime", ""), said.get("Event", ""), said.get("EventKey", ""))
    return ":".join(parts)[:200]


def _at(said: dict[str, str], now: datetime) -> datetime:
    at = said.get("CreateTime", "")
    return datetime.fromtimestamp(int(at), UTC) if at.isascii() and at.isdigit() and len(at) < 12 else now


def _message(said: dict[str, str], account: WechatAccount) -> dict[str, Any] | None:
    quotas = account.quotas
    grant = {"grant_left": quotas.after_message, "grant_s": quotas.message_window_h * 3600}
    kind = said.get("MsgType", "")
    if kind == "text" and said.get("bizmsgmenuid"):
        return {"kind": "press", "item_id": said["bizmsgmenuid"], "text": said.get("Content", ""), **grant}
    if media := _media(kind, said, account):
        return {"kind": "text", "text": lines.MEDIA[media.kind], "media": media, **grant}
    if (name := UNTAKEN.get(kind)) and not said.get("Recognition"):
        return {"kind": "text", "text": f"[{name}]", "bot_line": lines.NOT_TAKEN.format(what=name), **grant}
    text = _text(kind, said)
    return {"kind": "text", "text": text, **grant} if text else None


def _media(kind: str, said: dict[str, str], account: WechatAccount) -> MediaRef | None:
    """None for what has no file, and where its words say as much: a voice message that the platform has recognised."""
    if kind not in MEDIA or said.get("Recognition"):
        return None
    reference = said.get("PicUrl" if account.reply == "passive" else "MediaId", "")
    return MediaRef(kind=MEDIA[kind], reference=reference) if reference else None


def _text(kind: str, said: dict[str, str]) -> str:
    match kind:
        case "text":
            return said.get("Content", "")
        case "voice" if said.get("Recognition"):
            return said["Recognition"]
        case "location":
            return f"[位置] {said.get('Label', '')}".strip()
        case "link":
            return f"{said.get('Title', '')} {said.get('Url', '')}".strip()
        case "miniprogrampage":
            return f"[小程序卡片] {said.get('Title', '')}".strip()
    return ""


def _event(said: dict[str, str], account: WechatAccount) -> dict[str, Any] | None:
    quotas = account.quotas
    grant = {"grant_left": quotas.after_event, "grant_s": quotas.event_window_s}
    key = said.get("EventKey", "")
    match said.get("Event", ""):
        case "subscribe" | "SCAN":
            return {"kind": "enter", "entry": key.removeprefix("qrscene_"), **grant}
        case "unsubscribe":
            return {"kind": "leave"}
        case "CLICK":
            return _clicked(account.menu.get(key, ""), grant)
        case "user_enter_tempsession":
            entering = {"grant_left": quotas.after_entering, "grant_s": quotas.event_window_s}
            return {"kind": "enter", "entry": said.get("SessionFrom", ""), **entering}
    return None


def _clicked(meaning: str, grant: dict[str, Any]) -> dict[str, Any] | None:
    """An entry of the account's own menu is what the channels file says it is."""
    if not meaning:
        return None
    return {"kind": "person", **grant} if meaning == PERSON else {"kind": "text", "text": meaning, **grant}
