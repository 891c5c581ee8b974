"""Plays task scripts over the shopper's real socket, several at a time, and says how each ended."""

import json
import os
import signal
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.people import Frame, Gone, Shopper
from tests.e2e.system import System
from tests.e2e.task_scripts import Step, Task, load_shoppers
from tests.e2e.task_shop import BridgeSide, Guest, Outcome, ShopSide, changes, guest_of, judge, settle

AT_ONCE = 6
QUIET_S = 0.15  # the answers of a turn are committed together and pushed in one go
ANSWER_WITHIN_S = 40.0
NEVER_SAID = ("出错了", "Traceback", "None", "{", "utter_")
SAYS_SO = "没有响应"


@dataclass
class Played:
    """`faults` are words that were wrong or missing; `heard` is the conversation, to read it in a report."""

    task: Task
    turns: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    outcome: Outcome = field(default_factory=lambda: Outcome([], []))
    heard: list[str] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not self.faults and not self.outcome.missing and not self.outcome.wrong


class Stage:
    """One running system with a guest for every task; a second stage on the same system needs another `name`."""

    def __init__(self, system: System, tasks: list[Task], name: str = "") -> None:
        self.system, self.tasks = system, tasks
        shoppers = load_shoppers()
        self.guests = [guest_of(f"{name}{number:04d}", task, shoppers) for number, task in enumerate(tasks)]
        settle(system.environment["SHOP_DATABASE_URL"], self.guests)
        var = Path(system.environment["VAR_DIR"])
        self.shop, self.bridge = ShopSide(var / "shop.sqlite3"), BridgeSide(var / "bridge.sqlite3")

    def play_all(self, at_once: int = AT_ONCE) -> list[Played]:
        """Those that stop the shop come last, one after another."""
        pairs = list(zip(self.tasks, self.guests, strict=True))
        together = [pair for pair in pairs if not pair[0].needs_the_shop_alone]
        with ThreadPoolExecutor(at_once) as stage:
            played = list(stage.map(lambda pair: self.play(*pair), together))
        return [*played, *(self.play(*pair) for pair in pairs if pair[0].needs_the_shop_alone)]

    def play(self, task: Task, guest: Guest) -> Played:
        return Performance(self, task, guest).run()


class Performance:
    def __init__(self, stage: Stage, task: Task, guest: Guest) -> None:
        self.stage, self.task, self.guest = stage, task, guest
        self.played = Played(task)
        self.shopper = Shopper(stage.system, guest.shopper_id if task.signed_in else None)
        self.conversation_id = self.shopper.conversation_id

    def run(self) -> Played:
        before = self._snapshot()
        try:
            for step in self.task.talk:
                self._do(step)
        except Gone as gone:
            self.played.faults.append(f"没有等到：{str(gone)[:160]}")
        finally:
            self.shopper.leave()
            if self.task.needs_the_shop_alone:
                self._shop("up")
        happened = changes(before, self._snapshot())
        self.played.outcome = judge(self.task, happened)
        self._check_person()
        return self.played

    def _snapshot(self) -> dict[str, Frame]:
        return self.stage.shop.snapshot(self.guest, self.conversation_id)

    def _check_person(self) -> None:
        reasons = self.stage.bridge.reasons(self.conversation_id)
        if self.task.person is None and reasons:
            self.played.faults.append(f"不该转人工，却转了：{'、'.join(reasons)}")
        elif self.task.person is not None and self.task.person not in reasons:
            self.played.faults.append(f"该转人工（{self.task.person}），却是：{'、'.join(reasons) or '没有转'}")

    # --- steps ------------------------------------------------------------------------------------------------------
    def _do(self, step: Step) -> None:
        if step.is_turn:
            self._take_turn(step)
        elif step.shop:
            self._shop(step.shop)
        elif step.order:
            self.stage.shop.change_order(self.guest, step.order)
        else:
            self._come_back(step)

    def _take_turn(self, step: Step) -> None:
        said = self.stage.shop.fill_in(step.say, self.guest) if step.say else f"［{step.press or '转人工'}］"
        self.played.heard.append(f"顾客：{said}")
        started = time.monotonic()
        since = self._act(step, said)
        answer = self._answer(since)
        self.played.seconds += time.monotonic() - started
        self.played.turns += 1
        self.played.heard += [f"客服：{line}" for line in _lines(answer)]
        self._check_words(step, answer)

    def _act(self, step: Step, said: str) -> int:
        if step.press:
            return self.shopper.press(step.press)
        return self.shopper.say(said) if step.say else self.shopper.ask_for_person()

    def _answer(self, since: int) -> list[Frame]:
        """What the bot or the system said after frame `since`."""
        self.shopper.wait(_is_reply, since=since, within_s=ANSWER_WITHIN_S)
        self.shopper.drain(QUIET_S)
        return [frame["event"] for frame in self.shopper.frames[since:] if _is_reply(frame)]

    def _come_back(self, step: Step) -> None:
        self.shopper.leave()
        if step.wait == "a night":
            self.stage.bridge.let_a_night_pass(self.conversation_id)
            time.sleep(2.5)  # two ticks of the bridge's clocks
        self.shopper.arrive(last_seq=0)

    def _shop(self, state: str) -> None:
        pid = self.stage.system.pid_of("SHOP_PORT")
        os.kill(pid, signal.SIGSTOP if state == "down" else signal.SIGCONT)

    # --- words ------------------------------------------------------------------------------------------------------
    def _check_words(self, step: Step, answer: list[Frame]) -> None:
        shown = "\n".join([*_lines(answer), *(json.dumps(e["body"].get("cards"), ensure_ascii=False) for e in answer)])
        texts = "\n".join(event["body"].get("text") or "" for event in answer)
        said = step.say or step.press or "转人工"
        missing = [word for word in step.hear if not any(part.strip() in shown for part in word.split("|"))]
        forbidden = [word for word in step.never if word in shown] + [word for word in NEVER_SAID if word in texts]
        questions = texts.count("？")
        if missing:
            self.played.faults.append(f"「{said}」之后没说：{'、'.join(missing)}")
        if forbidden:
            self.played.faults.append(f"「{said}」之后说了：{'、'.join(forbidden)}")
        if questions > 1:
            self.played.faults.append(f"「{said}」之后一次问了 {questions} 个问题")


def _is_reply(frame: Frame) -> bool:
    if frame["type"] != "event" or frame["event"]["author"]["kind"] not in ("bot", "system"):
        return False
    body = frame["event"]["body"]
    return bool(body.get("text") or body.get("line") or body.get("cards"))


def _lines(answer: Iterable[Frame]) -> list[str]:
    """Each message as one line: its text, its cards in a word, its buttons."""
    found = []
    for event in answer:
        body = event["body"]
        cards = [_card_line(shown["card"]) for shown in body.get("cards") or []]
        buttons = [f"［{choice['title']}］" for choice in body.get("choices") or []]
        text = body.get("text") or body.get("line") or ""
        found.append(" ".join([text.replace("\n", " "), *cards, *buttons]).strip() or body["kind"])
    return found


def _card_line(card: Frame) -> str:
    return f"〔{card['type']}〕{_card_words(card)}"


def _card_words(card: Frame) -> str:
    if card["type"] == "order":
        return f"{card['order']['title']} {card['order']['options']} {card['order']['status_text']}"
    if card["type"] == "summary":
        return " ".join(f"{name}:{value}" for name, value in card["rows"])
    if card["type"] == "verdict":
        return str(card["verdict"]["decision"])
    if card["type"] == "case":
        return f"{card['case']['case_id']} {card['case']['title']}"
    return ""
