"""A bridge whose clock can be put wrong from outside: SIGUSR1 puts it an hour ahead, SIGUSR2 an hour back."""

import signal
from datetime import UTC, datetime, timedelta
from types import FrameType

from handoff_api import logs
from handoff_api.__main__ import serve

STEPS = {signal.SIGUSR1: timedelta(hours=1), signal.SIGUSR2: timedelta(hours=-1)}


class SteppingClock:
    def __init__(self) -> None:
        self.ahead = timedelta()
        for number in STEPS:
            signal.signal(number, self._step)

    def _step(self, number: int, _: FrameType | None) -> None:
        self.ahead += STEPS[signal.Signals(number)]

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


if __name__ == "__main__":
    logs.configure()
    serve(SteppingClock())
