"""For whom a call is made. Everything in it comes from the signed turn token, never from path or body."""

from dataclasses import dataclass

from contracts.identity import TurnIdentity
from shop_api.domain.case_life_cycle import Role
from shop_api.errors import SignInNeeded


@dataclass(frozen=True)
class Caller:
    """`shopper_id` is None for an anonymous visitor, who sees the orders this conversation has proven."""

    shop_id: str
    shopper_id: str | None
    conversation_id: str
    role: Role
    agent_name: str = ""

    @classmethod
    def of(cls, identity: TurnIdentity) -> "Caller":
        return cls(identity.shop_id, identity.shopper_id, identity.conversation_id, identity.role, identity.agent_name)

    @property
    def owner_key(self) -> str:
        """Whom idempotency keys and anonymous tickets belong to."""
        return f"shopper:{self.shopper_id}" if self.shopper_id else f"conversation:{self.conversation_id}"

    def signed_in(self) -> str:
        if self.shopper_id is None:
            raise SignInNeeded
        return self.shopper_id
