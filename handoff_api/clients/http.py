"""One way to call another process: bearer token, timeout, and every failure is one error of ours."""

from typing import Any

import httpx

from handoff_api.errors import Ours


async def ask(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    down: type[Ours],
    accepted: tuple[int, ...] = (200,),
    **request: Any,
) -> httpx.Response:
    """The response, if its status is one of `accepted`; anything else, a timeout included, is `down`."""
    try:
        response = await client.request(method, url, **request)
    except httpx.HTTPError as error:
        raise down from error
    if response.status_code not in accepted:
        raise down
    return response
