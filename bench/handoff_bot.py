"""A bot that costs nothing: it answers every turn with one line and reads every message as the same intent."""

import json
import sys
from typing import Any

import uvicorn

READING = {"intent": "inform", "confidence": 0.9}


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Plain ASGI: turn, parse, ready."""
    if scope["type"] == "lifespan":
        return await _lifespan(receive, send)
    body = b""
    while True:
        part = await receive()
        body += part.get("body", b"")
        if not part.get("more_body"):
            break
    answer = json.dumps(_answer(scope["path"], body)).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": answer})
    return None


def _answer(path: str, body: bytes) -> dict[str, Any]:
    if path.endswith("/parse"):
        texts = json.loads(body).get("texts")
        return READING if texts is None else {"readings": [READING] * len(texts)}
    if path.endswith("/turn"):
        text = json.loads(body)["text"]
        return {"messages": [{"text": f"收到：{text}"}], "events": [], "slots": {}, "reading": READING}
    return {}


async def _lifespan(receive: Any, send: Any) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
