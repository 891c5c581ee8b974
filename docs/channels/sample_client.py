"""A whole client of the webhook channel in one file, standard library only: type a line, see the answers.

    SHOUHOU_URL=http://127.0.0.1:8600/channels/webhook/app KEY_ID=k1 KEY=… python sample_client.py

The account's `deliver_url` is http://127.0.0.1:8700/ then (PORT changes it).
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

URL, KEY_ID, KEY = os.environ["SHOUHOU_URL"], os.environ.get("KEY_ID", "k1"), os.environ["KEY"]
USER = os.environ.get("USER_ID", "sample-user")
shown: set[str] = set()


def signature(timestamp: str, nonce: str, body: bytes) -> str:
    return hmac.new(KEY.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256).hexdigest()


def send(text: str) -> None:
    """One message of the shopper. The same message_id may be sent again; it counts once."""
    body = json.dumps({"message_id": secrets.token_hex(12), "user_id": USER, "text": text}).encode()
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
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        wanted = signature(self.headers["X-Shouhou-Timestamp"], self.headers["X-Shouhou-Nonce"], body)
        is_fresh = abs(time.time() - int(self.headers["X-Shouhou-Timestamp"])) < 300
        if not (is_fresh and hmac.compare_digest(self.headers["X-Shouhou-Signature"], wanted)):
            self.send_error(401)
            return
        self.show(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def show(self, said: dict) -> None:
        if said["type"] == "typing" or said["delivery_id"] in shown:
            return
        shown.add(said["delivery_id"])
        print(f"[{said['author']}] {said['text']}", flush=True)
        for number, item in enumerate(said.get("items", []), start=1):
            print(f"    {number}. {item['title']}", flush=True)

    def log_message(self, *_: object) -> None:
        return


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8700"))), Deliveries)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for line in sys.stdin:
        if line.strip():
            send(line.strip())
    time.sleep(float(os.environ.get("LINGER_S", "0")))
