"""The base of every wire model, and the one error shape of all services and sockets."""

from functools import cached_property
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

NO_NUL = r"^[^\x00]*$"
"""A NUL is the one character PostgreSQL cannot keep; whoever sends one in a name or an id is told so."""

Id = Annotated[str, Field(max_length=128, pattern=NO_NUL)]
"""An id or a number somebody else made, before it is looked up."""


class WireModel(BaseModel):
    """A value that crosses a process border. Unknown fields are refused, so a misspelt field is an error at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @cached_property
    def as_text(self) -> str:
        """As JSON, written once however many it is sent to."""
        return self.model_dump_json()


class ErrorDetail(WireModel):
    """What went wrong.

    code: a stable word for programs (`order_not_found`); message: one sentence that says what to do, without
    shopper data; reference: the client message id, or the conversation id of a command without one.
    """

    code: str
    message: str
    reference: str | None = None


class ErrorBody(WireModel):
    """The body of every refused HTTP call; the `error` frame of the sockets carries the same detail."""

    error: ErrorDetail
