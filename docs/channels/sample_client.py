"""A whole client of the webhook channel in one file, standard library only: type a line, or `/picture photo.jpg`, see
the answers.

    SHOUHOU_URL=http://127.0.0.1:8600/channels/webhook/app KEY_ID=k1 KEY=… python sample_client.py

The account's `deliver_url` is http://127.0.0.1:8700/ then, its `media_base` http://127.0.0.1:8700/media/ (PORT changes
both).
"""

import hashlib
import hmac
import json
import os
import secrets
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

URL, KEY_ID, KEY = os.environ["SHOUHOU_URL"], os.environ.get("KEY_ID", "k1"), os.environ["KEY"]
USER = os.environ.get("USER_ID", "sample-user")
PORT = int(os.environ.get("PORT", "8700"))
pictures: dict[str, bytes] = {}
shown: set[str] = set()


def signature(timestamp: str, nonce: str, body: bytes) -> str:
    return hmac.new(KEY.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def send_line(line: str) -> None:
    if not line.startswith("/picture "):
        send({"text": line})
        return
    path = Path(line.removeprefix("/picture ").strip())
    name = secrets.token_hex(16)
    pictures[name] = path.read_bytes()
    send({"type": "picture", "media_url": f"http://127.0.0.1:{PORT}/media/{name}", "media_name": path.name})


def send(said: dict) -> None:
    """One message of the shopper. The same message_id may be sent again; it counts once."""
    body = json.dumps({"message_id": secrets.token_hex(12), "user_id": USER, **said}).encode()
    timestamp, nonce = str(int(time.time())), secrets.token_hex(16)
    headers = {
        "Content-Type": "application/json",
        "X-Shouhou-Timestamp": timestamp,
        "X-Shouhou-Nonce": nonce,
        "X-Shouhou-Key": KEY_ID,
        "X-Shouhou-Signature": signature(timestamp, nonce, body),
    }
    urllib.request.urlopen(urllib.request.Request(URL, body, headers), timeout=10).close()


class Deliveries(BaseHTTPRequestHandler):
    def is_genuine(self, body: bytes) -> bool:
        timestamp, nonce = self.headers.get("X-Shouhou-Timestamp", "0"), self.headers.get("X-Shouhou-Nonce", "")
        is_fresh = abs(time.time() - int(timestamp)) < 300
        given = self.headers.get("X-Shouhou-Signature", "")
        return is_fresh and hmac.compare_digest(given, signature(timestamp, nonce, body))

    def do_GET(self) -> None:
        """The bridge fetches a picture that was sent."""
        picture = pictures.get(self.path.removeprefix("/media/"))
        if picture is None or not self.is_genuine(b""):
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self.is_genuine(body):
            self.send_error(401)
            return
        self.show(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def show(self, said: dict) -> None:
        if said["type"] == "typing" or said["delivery_id"] in shown:
            return
        shown.add(said["delivery_id"])
        print(f"[{said['author']}] {said['text']}{(said.get('file') or {}).get('url', '')}", flush=True)
        for number, item in enumerate(said.get("items", []), start=1):
            print(f"    {number}. {item['title']}", flush=True)

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Deliveries)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            send_line(line.strip())
    time.sleep(float(os.environ.get("LINGER_S", "0")))
