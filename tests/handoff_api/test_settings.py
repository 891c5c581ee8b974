"""Mistakes in the environment are said before anything starts."""

import pytest
from pydantic import ValidationError

from handoff_api.settings import Settings
from tests.handoff_api.conftest import SECRETS


def test_demo_accounts_stay_on_this_machine() -> None:
    with pytest.raises(ValidationError, match="loopback"):
        Settings(**SECRETS, demo=True, bridge_host="0.0.0.0")  # type: ignore[arg-type]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_loopback_bind_may_show_the_demo(host: str) -> None:
    assert Settings(**SECRETS, demo=True, bridge_host=host).demo  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SECRETS)
def test_no_secret_has_a_default(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name.upper(), raising=False)
    given = {key: value for key, value in SECRETS.items() if key != name}

    with pytest.raises(ValidationError, match=name):
        Settings(**given)  # type: ignore[arg-type]


def test_a_greeting_must_say_that_an_ai_answers() -> None:
    with pytest.raises(ValidationError, match="GREETING"):
        Settings(**SECRETS, greeting="您好，客服小美为您服务。")  # type: ignore[arg-type]


def test_a_shop_greets_in_its_own_words() -> None:
    own = Settings(**SECRETS, greeting="嗨，我是小美，AI 智能客服，有事请说。")  # type: ignore[arg-type]

    assert own.said_greeting == "嗨，我是小美，AI 智能客服，有事请说。"
    assert "AI 智能客服" in Settings(**SECRETS, shop_name="拾光优选").said_greeting  # type: ignore[arg-type]


def test_no_secret_is_shown() -> None:
    shown = repr(Settings(**SECRETS))  # type: ignore[arg-type]

    assert not any(secret in shown for secret in SECRETS.values() if "secret" in secret)


def test_behind_a_proxy_only_the_public_origin_is_ours() -> None:
    settings = Settings(**SECRETS, public_url="https://kefu.example/")  # type: ignore[arg-type]

    assert (settings.own_origins, settings.is_https) == (["https://kefu.example"], True)
