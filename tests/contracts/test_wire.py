"""A misspelt field is an error at once, and every frame survives the wire unchanged."""

import pytest
from pydantic import ValidationError

from contracts import frames
from contracts.bot_output import BotCustom
from contracts.wire import ErrorBody, ErrorDetail


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError):
        BotCustom.model_validate({"card": []})


def test_an_error_has_one_shape() -> None:
    body = ErrorBody(error=ErrorDetail(code="order_not_found", message="没有找到这个订单"))

    assert body.model_dump() == {"error": {"code": "order_not_found", "message": "没有找到这个订单", "reference": None}}


@pytest.mark.parametrize("client_message_id", ["short", "x" * 65, "with space", "斜杠/在里面"])
def test_a_client_id_is_plain_and_of_fair_length(client_message_id: str) -> None:
    with pytest.raises(ValidationError):
        frames.shopper_command.validate_python(
            {"type": "message.send", "client_message_id": client_message_id, "text": "你好"}
        )


@pytest.mark.parametrize("score", [0, 6, -1])
def test_a_rating_goes_from_one_to_five(score: int) -> None:
    with pytest.raises(ValidationError):
        frames.shopper_command.validate_python(
            {"type": "csat.rate", "client_message_id": "rate-0001", "session_id": "s", "score": score}
        )


def test_what_a_shopper_may_send_an_agents_socket_does_not_take() -> None:
    press = {"type": "choice.press", "client_message_id": "press-0001", "choice_id": "b"}

    frames.shopper_command.validate_python(press)
    with pytest.raises(ValidationError):
        frames.agent_command.validate_python(press)
