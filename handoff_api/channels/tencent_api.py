"""Calling the APIs of WeChat and WeCom: JSON both ways, an access token in the query, a refusal as `errcode`."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Protocol

import httpx

from handoff_api.channels.downloading import GONE, download
from handoff_api.channels.errors import (
    MediaIdRefused,
    NotDelivered,
    NotFetched,
    QuotaUsedUp,
    Refused,
    TryLater,
    WindowClosed,
)
from handoff_api.channels.tokens import TokenKeeper
from handoff_api.services.files import Bytes

UPLOAD, DOWNLOAD = "/cgi-bin/media/upload", "/cgi-bin/media/get"
UPLOAD_S = 30.0
"""With the send that follows it is shorter than the lease of a try."""


class Codes(Protocol):
    """Which error codes mean what; not all are published, so an account can name its own."""

    @property
    def window_codes(self) -> list[int]: ...
    @property
    def quota_codes(self) -> list[int]: ...
    @property
    def token_codes(self) -> list[int]: ...
    @property
    def busy_codes(self) -> list[int]: ...
    @property
    def media_codes(self) -> list[int]: ...


async def ask(http: httpx.AsyncClient, method: str, path: str, **request: Any) -> dict[str, Any]:
    """The answer, whatever it says. TryLater where there is none."""
    try:
        response = await http.request(method, path, **request)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise TryLater(type(error).__name__) from None
    except httpx.HTTPError as error:
        raise TryLater(type(error).__name__, is_accepted_perhaps=True) from None
    if response.status_code >= 500:
        raise TryLater(str(response.status_code), is_accepted_perhaps=True)
    try:
        said = response.json()
    except ValueError:
        raise TryLater("no json", is_accepted_perhaps=True) from None
    if not isinstance(said, dict):
        raise TryLater("no object", is_accepted_perhaps=True)
    return said


class TencentApi:
    """Raises NotDelivered by the account's codes; a refused token is renewed once."""

    def __init__(self, http: httpx.AsyncClient, tokens: TokenKeeper, codes: Codes) -> None:
        self._http = http
        self._tokens = tokens
        self._codes = codes

    async def post(self, path: str, body: dict[str, Any], *, fine: Collection[int] = ()) -> dict[str, Any]:
        """`fine`: codes that are an answer like any other."""
        said = await self._with_token(lambda token: self._post(path, body, token))
        code = int(said.get("errcode", 0))
        if code and code not in fine:
            raise self._error(code)
        return said

    async def _with_token(self, ask_with: Callable[[str], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        token = await self._tokens.get()
        said = await ask_with(token)
        if said.get("errcode") in self._codes.token_codes:
            said = await ask_with(await self._tokens.renew(token))
        return said

    async def _post(self, path: str, body: dict[str, Any], token: str) -> dict[str, Any]:
        """UTF-8 as it is: the platforms show escapes to the shopper."""
        content = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        return await ask(self._http, "POST", path, params={"access_token": token}, content=content, headers=headers)

    # --- files ------------------------------------------------------------------------------------------------------
    async def upload(self, kind: str, file: Bytes) -> str:
        """The media id; the platform keeps it for three days."""
        part = {"media": (file.name, file.content, file.media_type)}

        async def ask_with(token: str) -> dict[str, Any]:
            return await ask(self._http, "POST", UPLOAD, params={"access_token": token, "type": kind}, files=part)

        try:
            async with asyncio.timeout(UPLOAD_S):
                said = await self._with_token(ask_with)
        except TimeoutError:
            raise TryLater("slow upload") from None
        if code := int(said.get("errcode", 0)):
            raise self._error(code)
        return str(said["media_id"])

    async def download(self, media_id: str, *, largest: int) -> bytes:
        """Raises TryLater or NotFetched. A refusal comes as JSON where the file should be."""
        content = b""

        async def ask_with(token: str) -> dict[str, Any]:
            nonlocal content
            params = {"access_token": token, "media_id": media_id}
            response = await download(self._http, DOWNLOAD, largest=largest, params=params)
            content = response.content
            return _refusal(response)

        refusal = await self._with_token(ask_with)
        code = int(refusal.get("errcode", 0))
        if code in (*self._codes.busy_codes, *self._codes.token_codes):
            raise TryLater(str(code))
        if code:
            raise NotFetched(str(code), reason=GONE if code in self._codes.media_codes else f"错误码 {code}")
        return content

    def _error(self, code: int) -> NotDelivered:
        if code in self._codes.media_codes:
            return MediaIdRefused(str(code))
        if code in self._codes.window_codes:
            return WindowClosed(str(code))
        if code in self._codes.quota_codes:
            return QuotaUsedUp(str(code))
        if code in self._codes.busy_codes or code in self._codes.token_codes:
            return TryLater(str(code))
        return Refused(str(code), reason=f"平台拒绝了这条消息（错误码 {code}）。")

    async def close(self) -> None:
        await self._http.aclose()


def _refusal(response: httpx.Response) -> dict[str, Any]:
    """{} for a file."""
    kind = response.headers.get("content-type", "")
    if not response.content.startswith(b"{") or not ("json" in kind or "text" in kind):
        return {} if response.is_success else {"errcode": response.status_code}
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) and said.get("errcode") else {}


def fetched(said: dict[str, Any]) -> tuple[str, float]:
    """Token and lifetime of a token answer. A wrong secret or address list is repeated: somebody will correct it."""
    token = said.get("access_token")
    if not token:
        raise TryLater(f"token {said.get('errcode')}")
    return str(token), float(said.get("expires_in", 7200))
