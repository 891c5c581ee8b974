"""Photos the shopper sends: kept with the conversation, and put beside the case they belong to.

Rule 1. A photo without a word is an answer to nothing: the open question stays, and the photo waits for its case.
Rule 2. Every photo of the conversation that stands in no case yet goes with the next case that is opened, or with the
        one under way. A case takes nine; more are told to a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from actions.choices import choice, person
from actions.errors import ShopRefused
from actions.turn import Events, Turn, set_slots
from actions.verdicts import is_open
from contracts.bot_output import CaseCard, Choice
from contracts.shop import Case, NewEvidence

PICTURE = "picture"  # what the bridge reads in a photo without a word
TITLE_LENGTH = 40
FAULTS = ("quality_defect", "quality_damaged", "quality_wrong_item", "quality_missing_item")


@dataclass(frozen=True)
class Picture:
    attachment_id: str
    name: str
    url: str
    is_new: bool = False


def pictures_of(turn: Turn) -> list[Picture]:
    """All of this service session, oldest first."""
    return [Picture(**{name: each[name] for name in Picture.__annotations__ if name in each}) for each in turn.pictures]


def is_bare_picture(turn: Turn) -> bool:
    return turn.message.choice == PICTURE and any(picture.is_new for picture in pictures_of(turn))


def shows_something(turn: Turn) -> bool:
    """A new photo, or the choice of a case for one."""
    return turn.message.choice == PICTURE or any(picture.is_new for picture in pictures_of(turn))


async def attach(turn: Turn, case: Case) -> tuple[Case, int, Events]:
    """The case with the photos that wait for one, how many they were, and what is to be remembered of it."""
    done: list[str] = list(turn.slot("attached_pictures") or [])
    waiting = [picture for picture in pictures_of(turn) if picture.attachment_id not in done]
    count = 0
    for picture in waiting:
        try:
            case = await turn.shop.add_evidence(case.case_id, NewEvidence(name=picture.name or "照片", url=picture.url))
        except ShopRefused:
            break  # nine are there, or the case is over: those who look at it see the conversation too
        done.append(picture.attachment_id)
        count += 1
    return case, count, set_slots(attached_pictures=done) if count else []


async def take_pictures(turn: Turn, cases: Sequence[Case]) -> Events:
    """A photo outside a form: for the case under way, or the beginning of one."""
    under_way = [case for case in cases if is_open(case)]
    case = _case_meant(turn, under_way)
    if case is not None:
        case, count, events = await attach(turn, case)
        response = "utter_photo_attached" if count else "utter_photo_not_taken"
        turn.say(response, case_id=case.case_id, cards=[CaseCard(case=case)], choices=[person()])
        return [*events, *set_slots(case_id=case.case_id)]
    if under_way:
        picks = [
            Choice(
                title=case.title[:TITLE_LENGTH], intent="inform", entities={"choice": PICTURE, "case_id": case.case_id}
            )
            for case in under_way
        ]
        turn.say("utter_ask_case_of_photo", choices=[*picks, person()])
        return []
    ways = _remedies_offered(turn) or [choice(intent) for intent in FAULTS]
    turn.say("utter_ask_about_photo", choices=[*ways, person()])
    return []


def _case_meant(turn: Turn, under_way: Sequence[Case]) -> Case | None:
    number = turn.message.entity("case_id") or turn.slot("case_id")
    named = next((case for case in under_way if case.case_id == number), None)
    return named or (under_way[0] if len(under_way) == 1 else None)


def _remedies_offered(turn: Turn) -> list[Choice]:
    """What was just offered for a fault stays on offer."""
    if not any(turn.has_just_said(f"utter_{intent}") for intent in (*FAULTS, "quality_not_as_described")):
        return []
    return [each for each in turn.offered_choices if each.intent != "human_request" and each.entities]
