"""Who is speaking: short-lived signed tokens (JWT, HS256) that pass from process to process.

| token    | issued by          | checked by | lives            |
|----------|--------------------|------------|------------------|
| identity | the shop's server  | bridge     | minutes          | "this browser is shopper S of shop X"
| visitor  | bridge             | bridge     | days             | "this browser holds conversation C"
| turn     | bridge             | shop       | minutes          | "this call is made for shopper S in turn T"

Each kind has an audience and a secret of its own, so one can never stand in for another.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

import jwt

from contracts.wire import WireModel

ALGORITHM = "HS256"


class Audience(StrEnum):
    IDENTITY = "shouhou.identity"
    VISITOR = "shouhou.visitor"
    TURN = "shouhou.turn"


class TokenRefused(Exception):
    """A token that is forged, expired, or of another kind. Its text never repeats the token."""


class ShopperIdentity(WireModel):
    """What a shop's server vouches for when a shopper is signed in; `is_elder` where the shop knows that they are
    served as elders are (they go first, and the first miss is enough for a person)."""

    shop_id: str
    shopper_id: str
    name: str = ""
    level: str = "regular"
    is_elder: bool = False


class VisitorIdentity(WireModel):
    """What the bridge gives a browser: its conversation, and who it is when the shop has said so. `channel` is where
    this shopper is writing from."""

    shop_id: str
    visitor_id: str
    conversation_id: str
    shopper_id: str | None = None
    channel: str = "web"


class TurnIdentity(WireModel):
    """For whom an action or the workspace calls the shop. `shopper_id` is None for an anonymous visitor; `agent_name`
    is who of the shop's people does it, for the history of a case."""

    shop_id: str
    shopper_id: str | None
    conversation_id: str
    turn_id: str
    role: Literal["shopper", "agent", "system"] = "shopper"
    agent_name: str = ""


def issue(identity: WireModel, audience: Audience, secret: str, *, now: datetime, lifetime: timedelta) -> str:
    """Sign `identity` for `audience`; `now` is an aware UTC instant."""
    claims: dict[str, Any] = {
        "who": identity.model_dump(mode="json"),
        "aud": audience.value,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, secret, algorithm=ALGORITHM)


def read[T: WireModel](model: type[T], token: str, audience: Audience, secrets: str | list[str]) -> T:
    """The identity in `token`. During a rotation pass the new and the old secret.

    Raises TokenRefused for anything but an unexpired token of this audience signed with one of `secrets`.
    """
    for secret in [secrets] if isinstance(secrets, str) else secrets:
        try:
            claims = jwt.decode(
                token, secret, algorithms=[ALGORITHM], audience=audience.value, options={"require": ["exp", "aud"]}
            )
            return model.model_validate(claims["who"])
        except jwt.ExpiredSignatureError:
            raise TokenRefused("the token has expired") from None
        except (jwt.InvalidTokenError, KeyError, ValueError):
            continue
    raise TokenRefused("the token is not valid")
