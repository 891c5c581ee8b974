"""Agents for tests that talk to the whole bridge from outside."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from handoff_api.domain.ids import new_id
from handoff_api.record.database import Record
from handoff_api.record.tables import AgentRecord
from handoff_api.services.accounts import hash_password


class SignedIn:
    """A browser with the agent's cookie, on the workspace's own page."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def get(self, path: str) -> httpx.Response:
        return self._client.get(path)

    def post(self, path: str) -> httpx.Response:
        return self._client.post(path)

    def request(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self._client.request(method, path, json=body, headers={"Idempotency-Key": "client-0001"})

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self._client.request(method, path, timeout=60, **more)

    def ticket(self) -> str:
        ticket: str = self.post("/v1/agent/socket-tickets").json()["ticket"]
        return ticket


@contextmanager
def sign_in(server: str, database_url: str, name: str, password: str, *, role: str = "agent") -> Iterator[SignedIn]:
    asyncio.run(_add(database_url, name, password, role))
    with httpx.Client(base_url=server, headers={"Origin": server}, trust_env=False) as client:
        answer = client.post("/v1/agent/sign-in", json={"username": name, "password": password})
        assert answer.status_code == 200, answer.text
        yield SignedIn(client)


async def _add(database_url: str, name: str, password: str, role: str) -> None:
    record = Record(database_url)
    async with record.writing() as session:
        session.add(
            AgentRecord(
                agent_id=new_id("agent"),
                shop_id="demo",
                login=name,
                password_hash=hash_password(password),
                name=name,
                role=role,
                skills=["general"],
                capacity=5,
            )
        )
    await record.close()
