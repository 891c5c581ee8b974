"""What happened in 微信客服, read from the messages of `sync_msg`. Pure."""

from datetime import UTC, datetime
from typing import Any

from handoff_api import lines
from handoff_api.channels.accounts import WecomAccount
from handoff_api.channels.messages import Inbound, MediaKind, MediaRef

CUSTOMER, SYSTEM = 3, 4
WELCOME_S = 18
"""The welcome code lives 20 seconds."""
BOT_STATE, POOL_STATE, SERVICER_STATE, ENDED_STATE = 1, 2, 3, 4
MEDIA: dict[str, MediaKind] = {"image": "picture", "voice": "voice", "video": "video", "file": "file"}
WORDS = {"business_card": "[名片]", "miniprogram": "[小程序卡片]"}
FAILURES = {
    4: "顾客超过 48 小时没有发消息，没有送达。",
    5: "会话已经结束，没有送达。",
    6: "顾客发消息后最多回复 5 条，这一条没有送达。",
    10: "顾客拒收了消息，没有送达。",
}


def read(said: dict[str, Any], account: WecomAccount) -> Inbound | None:
    """None for what our own side did, and for what changes nothing here."""
    is_event = said.get("msgtype") == "event"
    if is_event:
        fields = _event(said.get("event", {}), account, said)
    elif said.get("origin") == CUSTOMER:
        fields = _message(said, account)
    else:
        fields = None
    user_id = said.get("external_userid") or said.get("event", {}).get("external_userid", "")
    if fields is None or not user_id or not said.get("msgid"):
        return None
    at = datetime.fromtimestamp(int(said.get("send_time", 0)), UTC)
    return Inbound(user_id=user_id, message_id=said["msgid"], at=at, by_event=is_event, **fields)


def _message(said: dict[str, Any], account: WecomAccount) -> dict[str, Any] | None:
    quotas = account.quotas
    allowed = {
        "grant_left": quotas.after_message,
        "grant_s": quotas.message_window_h * 3600,
        "context": {"open_kfid": said.get("open_kfid", "")},
    }
    kind, body = said.get("msgtype", ""), said.get(said.get("msgtype", ""), {})
    if kind == "text" and body.get("menu_id"):
        return {"kind": "press", "item_id": body["menu_id"], "text": body.get("content", ""), **allowed}
    if kind in MEDIA and body.get("media_id"):
        media = MediaRef(kind=MEDIA[kind], reference=body["media_id"], name=str(body.get("filename", "")))
        return {"kind": "text", "text": lines.MEDIA[media.kind], "media": media, **allowed}
    text = _text(kind, body)
    return {"kind": "text", "text": text, **allowed} if text else None


def _text(kind: str, body: dict[str, Any]) -> str:
    match kind:
        case "text":
            return str(body.get("content", ""))
        case "location":
            return f"[位置] {body.get('name', '')} {body.get('address', '')}".strip()
        case "link":
            return f"{body.get('title', '')} {body.get('url', '')}".strip()
    return lines.MEDIA[MEDIA[kind]] if kind in MEDIA else WORDS.get(kind, "")


def _event(event: dict[str, Any], account: WecomAccount, said: dict[str, Any]) -> dict[str, Any] | None:
    match event.get("event_type"):
        case "enter_session":
            return _entering(event, said)
        case "msg_send_fail":
            reason = FAILURES.get(int(event.get("fail_type", 0)), "平台报告没有送达。")
            return {"kind": "failed", "item_id": event.get("fail_msgid", ""), "text": reason}
        case "session_status_change":
            state = ENDED_STATE if event.get("change_type") == 3 else SERVICER_STATE
            return {"kind": "note", "context": {"kf_state": state}}
    return None


def _entering(event: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The welcome code allows one message without a message of the customer's."""
    until = int(said.get("send_time", 0)) + WELCOME_S
    code = event.get("welcome_code", "")
    context = {"open_kfid": event.get("open_kfid", ""), "welcome_code": code, "welcome_until": until}
    allowed = {"grant_left": 1, "grant_s": float(WELCOME_S)} if code else {}
    return {"kind": "enter", "entry": event.get("scene_param", ""), "context": context, **allowed}
