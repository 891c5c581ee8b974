"""A part stops in the middle of a conversation: an honest line, a way to a person, and recovery when it is back."""

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.e2e.people import Agent, Shopper
from tests.e2e.system import System

type MakeShopper = Callable[..., Shopper]
type MakeAgent = Callable[..., Agent]

BACK_WITHIN_S = 120


def kill(system: System, port_name: str) -> None:
    os.kill(system.pid_of(port_name), signal.SIGKILL)
    while system.is_up(port_name):
        time.sleep(0.05)


def wait_until_up(system: System, port_name: str) -> None:
    until = time.monotonic() + BACK_WITHIN_S
    while not system.is_up(port_name):
        assert time.monotonic() < until, f"{port_name} did not come back"
        time.sleep(0.2)


def wait_until_ready(system: System) -> None:
    until = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            ready = system.call("GET", system.bridge + "/health/ready")
        except OSError:
            ready = {}
        if ready and all(str(part) in ("ok", "up", "True") for part in ready.get("parts", {"": ""}).values()):
            return
        assert time.monotonic() < until, f"not ready: {ready}"
        time.sleep(0.5)


@pytest.fixture(autouse=True)
def _whole_again(system: System) -> None:
    """Each test begins with everything up."""
    wait_until_ready(system)


def test_without_the_shop_the_bot_says_so_and_offers_a_person(shopper: MakeShopper, system: System) -> None:
    someone = shopper("S002")
    os.kill(system.pid_of("SHOP_PORT"), signal.SIGSTOP)
    try:
        asked = someone.say("我的快递到哪了")
        reply = someone.hears("", since=asked)
    finally:
        os.kill(system.pid_of("SHOP_PORT"), signal.SIGCONT)
    again = someone.say("我的快递到哪了")
    someone.wait(lambda f: f["type"] == "event" and bool(f["event"]["body"].get("cards")), since=again)

    assert "转人工" in [choice["title"] for choice in reply["body"]["choices"]]
    assert not reply["body"]["cards"]


def test_without_the_action_server_the_shopper_gets_a_person_and_later_the_bot_again(
    shopper: MakeShopper, system: System
) -> None:
    someone = shopper("S005")
    kill(system, "ACTIONS_PORT")

    asked = someone.say("怎么还不发货")
    line = someone.wait(lambda f: f["type"] == "event" and f["event"]["author"]["kind"] == "system", since=asked)
    wait_until_up(system, "ACTIONS_PORT")
    back = len(someone.frames)
    someone.send({"type": "queue.leave", "client_message_id": "leave-queue-1"})
    someone.wait(lambda f: f["type"] == "accepted" and f["client_message_id"] == "leave-queue-1", since=back)
    again = someone.say("怎么还不发货")
    someone.hears("", since=again)

    assert "人工" in line["event"]["body"]["text"] + line["event"]["body"].get("line", "")


def test_without_rasa_the_shopper_goes_to_the_queue_and_the_form_survives(
    shopper: MakeShopper, agent: MakeAgent, system: System
) -> None:
    someone, person = shopper("S001"), agent()
    someone.say("鞋子大了想退货")
    someone.drain(2)
    kill(system, "BOT_PORT")

    asked = someone.say("运费谁出")
    line = someone.wait(
        lambda f: f["type"] == "event" and f["event"]["author"]["kind"] == "system", since=asked, within_s=60
    )
    snapshot = person.take(someone.conversation_id)
    person.say(someone.conversation_id, "您好，我来处理")
    someone.hears("我来处理", since=asked, by="agent")

    assert "人工" in line["event"]["body"].get("text", "") + line["event"]["body"].get("line", "")
    assert "鞋子大了想退货" in [event["body"].get("text") for event in snapshot["events"]]


def test_a_bot_that_was_restarted_goes_on_in_the_middle_of_a_form(shopper: MakeShopper, system: System) -> None:
    someone = shopper("S003")
    asked = someone.say("手机开不了机，能修吗")
    someone.sees("verdict", since=asked)
    kill(system, "BOT_PORT")
    wait_until_up(system, "BOT_PORT")
    wait_until_ready(system)

    confirmed = someone.press("确认提交")

    assert someone.sees("case", since=confirmed)["case"]["type"] == "repair"


def test_without_redis_messages_flow_and_a_person_still_takes_over(
    shopper: MakeShopper, agent: MakeAgent, system: System
) -> None:
    someone, person = shopper("S009"), agent()
    os.kill(system.pid_of_redis(), signal.SIGKILL)

    asked = someone.say("转人工")
    person.take(someone.conversation_id, within_s=60)
    person.say(someone.conversation_id, "您好，我在")

    someone.hears("我在", since=asked, by="agent")


def test_a_killed_bridge_loses_nothing_it_accepted(shopper: MakeShopper, system: System) -> None:
    someone = shopper("S010")
    asked = someone.say("我的订单什么时候发货")
    someone.hears("", since=asked)
    said = [event["seq"] for event in someone.events()]
    kill(system, "BRIDGE_PORT")
    wait_until_up(system, "BRIDGE_PORT")

    someone.leave()
    welcome = someone.arrive(last_seq=0)

    seqs = [event["seq"] for event in welcome["events"]]
    assert seqs == list(range(1, len(seqs) + 1))
    assert set(said) <= set(seqs)
