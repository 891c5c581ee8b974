"""A failed action fails the turn.

Stock Rasa logs an exception of an action (the action server is down, its answer is malformed), drops the action's
events and goes on: the shopper gets silence, the tracker says the action was done. Here the turn ends with
`ActionFailed`; the channel answers 503 and forgets the half-made turn, and the bridge repeats it or calls a person.
"""

from typing import Any, List

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.processor import MessageProcessor
from rasa.shared.exceptions import RasaException


class ActionFailed(RasaException):
    """An action of this turn raised; its cause is chained."""


class _Watched(Action):
    """An action that remembers what it raised, for the caller that would swallow it."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.failure: "Exception | None" = None

    def name(self) -> str:
        return self._action.name()

    def event_for_successful_execution(self, prediction: Any) -> Any:
        return self._action.event_for_successful_execution(prediction)

    async def run(self, *arguments: Any, **named: Any) -> List[Any]:
        try:
            return await self._action.run(*arguments, **named)
        except ActionExecutionRejection:
            raise  # a form that hands the turn to another rule: Rasa's own signal, no failure
        except Exception as error:
            self.failure = error
            raise


class StrictProcessor(MessageProcessor):
    """Rasa's processor of one agent, with failures that are heard."""

    def __init__(self, processor: MessageProcessor) -> None:
        # Same state, another class: the model is loaded once and stays Rasa's.
        self.__dict__ = processor.__dict__

    async def _run_action(self, action: Action, *arguments: Any, **named: Any) -> bool:
        watched = _Watched(action)
        goes_on = await super()._run_action(watched, *arguments, **named)
        if watched.failure is not None:
            raise ActionFailed(f"{action.name()} failed") from watched.failure
        return goes_on
