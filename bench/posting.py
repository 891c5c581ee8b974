"""Frames of shoppers by `POST /v1/shopper/frames`, many at once. On aiohttp: the pool of httpx looks through all that
wait for every one that ends, so a thousand at once measured the pool."""

from typing import Any, Self

from aiohttp import ClientConnectionError, ClientSession, ClientTimeout, TCPConnector

AT_ONCE = 64  # connections; more wait their turn


class Poster:
    def __init__(self, timeout_s: float) -> None:
        self._http = ClientSession(connector=TCPConnector(limit=AT_ONCE), timeout=ClientTimeout(total=timeout_s))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()

    async def post(self, bridge_url: str, token: str, frame: dict[str, Any]) -> None:
        """Once more where the bridge had just closed the idle connection: the frame's own id makes it one. Raises
        AssertionError with the bridge's answer when it is no 200."""
        try:
            await self._post_once(bridge_url, token, frame)
        except ClientConnectionError:
            await self._post_once(bridge_url, token, frame)

    async def _post_once(self, bridge_url: str, token: str, frame: dict[str, Any]) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        async with self._http.post(f"{bridge_url}/v1/shopper/frames", json=frame, headers=headers) as answer:
            text = await answer.text()
            assert answer.status == 200, text
