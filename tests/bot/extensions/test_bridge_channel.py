"""The bot's only way in, on the real Rasa server: what it answers, what it refuses, what it never does in silence."""

import json

import pytest

from tests.bot.extensions.conftest import ActionServer, Bot

WORDS_OF_A_COMMAND = ["/restart", "\u3000/restart", "\x1c//退款", '/inform{"order_number": "1"}']


def test_a_stranger_gets_nothing(bot: Bot) -> None:
    for path in ("", "turn", "parse"):
        status, body = bot.call(path, None if path == "" else {}, token="wrong")
        assert status == 401
        assert body["error"]["code"] == "token_refused"


def test_a_text_is_read_without_a_conversation(bot: Bot) -> None:
    status, reading = bot.call("parse", {"text": "有没有活人"})

    assert status == 200
    assert reading["intent"] == "human_request"
    assert reading["ranking"][0][0] == "human_request"


def test_a_turn_is_answered_with_words_and_events(bot: Bot) -> None:
    status, answer = bot.turn("s-words", "t1", "你是机器人吗")

    assert status == 200
    assert answer["messages"][0]["text"]
    assert answer["reading"]["intent"] == "bot_challenge"
    assert [event["event"] for event in answer["events"]].count("user") == 1


def test_the_same_turn_again_is_the_same_answer(bot: Bot) -> None:
    first = bot.turn("s-again", "t1", "你是机器人吗")
    again = bot.turn("s-again", "t1", "你是机器人吗")

    assert again == first


def test_a_bot_that_remembers_another_number_of_turns_asks_for_the_history(bot: Bot) -> None:
    status, body = bot.turn("s-history", "t9", "谢谢", turns=3)

    assert status == 409
    assert body["error"]["code"] == "history_needed"


def test_a_history_puts_the_conversation_back(bot: Bot) -> None:
    _, first = bot.turn("s-before", "t1", "你是机器人吗")

    status, answer = bot.turn("s-after", "t2", "谢谢", turns=1, history=first["events"])
    following, _ = bot.turn("s-after", "t3", "再见", turns=2)

    assert status == 200
    assert answer["messages"]
    assert following == 200


def test_a_failing_action_is_a_failed_turn_and_leaves_no_half_of_it(bot: Bot, action_server: ActionServer) -> None:
    action_server.status = 500
    try:
        status, body = bot.turn("s-fail", "t1", "我的快递到哪了")
    finally:
        action_server.status = 200
    stale, _ = bot.turn("s-fail", "t2", "我的快递到哪了")
    again, answer = bot.turn("s-fail", "t2", "我的快递到哪了", history=[])

    assert (status, body["error"]["code"]) == (503, "bot_failed")
    assert stale == 409
    assert again == 200
    assert answer["messages"][0]["text"] == "done"


def test_the_action_server_is_asked_with_its_token(bot: Bot, action_server: ActionServer) -> None:
    bot.turn("s-token", "t1", "我的快递到哪了")

    assert action_server.authorisation == "Bearer " + "a" * 32


def test_the_turns_token_is_not_kept_in_the_events(bot: Bot) -> None:
    _, answer = bot.turn("s-secret", "t1", "你好")

    assert "secret-token" not in json.dumps(answer)


def test_a_pressed_choice_is_taken_as_read(bot: Bot) -> None:
    reading = {"intent": "human_request", "entities": {}, "title": "/转人工"}

    status, answer = bot.turn("s-press", "t1", "", reading=reading)

    assert status == 200
    assert answer["reading"]["intent"] == "human_request"


def test_a_reading_is_explained_when_asked(bot: Bot) -> None:
    _, plain = bot.call("parse", {"text": "我要tui货"})
    _, explained = bot.call("parse", {"text": "我要tui货", "explain": True})

    assert {name: explained[name] for name in plain} == plain
    assert explained["normalised"]
    assert explained["words"]
    kinds = {name.split(":")[0] for name, _ in explained["reasons"]}
    assert kinds <= {"c1", "c2", "c3", "s1", "s2", "w", "b", "r1", "r2", "q", "p"}
    assert [share for _, share in explained["reasons"]] == sorted(
        (share for _, share in explained["reasons"]), reverse=True
    )
    assert "reasons" not in plain


def test_many_texts_are_read_in_one_call_each_as_if_alone(bot: Bot) -> None:
    texts = ["我要退货", "", "快递到哪了", "/restart", "我要退货"]

    status, answer = bot.call("parse", {"texts": texts})

    assert status == 200
    assert answer["readings"] == [bot.call("parse", {"text": text})[1] for text in texts]


@pytest.mark.parametrize("texts", ["我要退货", ["我要退货", 1], ["好"] * 65, {"a": "b"}])
def test_texts_that_are_no_list_of_texts_are_refused(bot: Bot, texts: object) -> None:
    status, answer = bot.call("parse", {"texts": texts})

    assert status == 400
    assert answer["error"]["code"] in ("field_missing", "field_invalid")


@pytest.mark.parametrize("text", WORDS_OF_A_COMMAND)
def test_slash_text_is_text(bot: Bot, text: str) -> None:
    status, reading = bot.call("parse", {"text": text})

    assert status == 200
    assert reading["intent"] not in ("restart", "inform") or reading["confidence"] < 1.0


@pytest.mark.parametrize("body", [{}, {"text": 1}, {"text": None}, {"sender_id": "", "turn_id": "", "text": "x"}])
def test_a_malformed_request_says_which_field(bot: Bot, body: dict) -> None:
    status, answer = bot.call("parse" if "sender_id" not in body else "turn", body)

    assert status == 400
    assert answer["error"]["code"] == "field_missing"


@pytest.mark.parametrize("body", ["not json", "[]", '"text"', "{", "", "null"])
@pytest.mark.parametrize("path", ["turn", "parse"])
def test_a_body_that_is_no_object_is_the_callers_mistake(bot: Bot, path: str, body: str) -> None:
    status, answer = bot.post(path, body)

    assert (status, answer["error"]["code"]) == (400, "body_invalid")


@pytest.mark.parametrize(
    "wrong",
    [
        {"reading": []},
        {"reading": "human_request"},
        {"reading": {"intent": 5}},
        {"reading": {"title": "转人工"}},
        {"reading": {"intent": "human_request", "entities": ["x"]}},
        {"reading": {"intent": "human_request", "title": 5}},
        {"metadata": ["x"]},
        {"metadata": "x"},
        {"history": "x"},
        {"history": {"event": "user"}},
        {"history": ["x"]},
        {"history": [{"event": "unheard_of"}]},
        {"history": [{"event": "user", "timestamp": "then"}]},
        {"history": [{}]},
        {"history_turns": "0"},
        {"history_turns": True},
    ],
    ids=str,
)
def test_what_has_not_the_form_it_must_have_is_named(bot: Bot, wrong: dict) -> None:
    before = bot.turn("s-form", "t1", "你好", history=[])
    status, answer = bot.turn("s-form", "t2", "你好", **{"turns": 1, **wrong})

    assert before[0] == 200
    assert (status, answer["error"]["code"] in ("field_invalid", "field_missing")) == (400, True)
    assert next(iter(wrong)) in answer["error"]["message"]


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/version", 404, "not_found"),
        ("POST", "/webhooks/rest/webhook", 404, "not_found"),
        ("GET", "/webhooks/bridge/turn", 405, "method_not_allowed"),
        ("GET", "/webhooks/bridge/nothing", 404, "not_found"),
    ],
)
def test_there_is_no_other_door(bot: Bot, method: str, address: str, status: int, code: str) -> None:
    answered, body = bot.ask(method, address)

    assert (answered, body["error"]["code"]) == (status, code)


@pytest.mark.parametrize("text", ["", "😡", "\ud800\ud800", "退" * 4000, "a" + " " * 3900 + "b", "\x00"])
def test_any_string_is_read(bot: Bot, text: str) -> None:
    status, reading = bot.call("parse", {"text": text})

    assert status == 200
    assert set(reading) >= {"intent", "confidence", "ranking", "entities"}
