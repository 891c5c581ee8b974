"""Getting a file from a platform: bounded in bytes and in time, whatever the other side says about its length."""

import asyncio

import httpx

from handoff_api.channels.errors import NotFetched, TryLater

PATIENCE_S = 25.0
TOO_LARGE = "文件太大"
GONE = "已过期"


async def download(http: httpx.AsyncClient, url: str, *, largest: int, **request: object) -> httpx.Response:
    """The answer with its body read. Raises TryLater where there is none, NotFetched where it is too large."""
    try:
        async with asyncio.timeout(PATIENCE_S), http.stream("GET", url, **request) as response:  # type: ignore[arg-type]
            if response.status_code >= 500 or response.status_code in (408, 425, 429):
                raise TryLater(str(response.status_code))
            return await _read(response, largest)
    except TimeoutError:
        raise TryLater("slow") from None
    except httpx.HTTPError as error:
        raise TryLater(type(error).__name__) from None


async def _read(response: httpx.Response, largest: int) -> httpx.Response:
    said = response.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:20]) > largest:
        raise NotFetched("too large", reason=TOO_LARGE)
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > largest:
            raise NotFetched("too large", reason=TOO_LARGE)
    headers = {"content-type": response.headers.get("content-type", "")}
    return httpx.Response(response.status_code, headers=headers, content=bytes(content))
