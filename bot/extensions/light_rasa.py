"""Rasa without the libraries this bot never calls.

Rasa imports TensorFlow whatever the pipeline (14 s and half of the memory here), and the SDKs of every channel, broker
and store it knows. `install` puts an empty stand-in in place of each: it can be imported, subclassed and used as a
decorator, and says `NotLoaded` when something tries to work with it. `ALL_OF_RASA=1` leaves the real libraries alone.
"""

import importlib.abc
import importlib.machinery
import os
import sys
from types import ModuleType
from typing import Any, Optional, Sequence, Text

SWITCH = "ALL_OF_RASA"

NEURAL = ("tensorflow", "tensorflow_hub", "tensorflow_text", "tensorflow_addons", "keras", "transformers")
CHANNELS = ("aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk")
STORES = ("boto3", "botocore", "pymongo", "confluent_kafka", "aio_pika", "aiormq")
ONLY_FOR_TRAINING = ("sklearn", "sklearn_crfsuite", "skops", "matplotlib")
NEVER_CALLED = (*NEURAL, *CHANNELS, *STORES)


class NotLoaded(ImportError):
    """Something this bot was said never to need was asked for. A library that can do without it takes this for a no."""

    def __init__(self, name: Text) -> None:
        super().__init__(f"{name} is not loaded: set {SWITCH}=1 to start Rasa with all its libraries")


class _Empty(type):
    """The class of everything found in a stand-in: any attribute is another one, calling one is refused."""

    def __getattr__(cls, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _empty(f"{cls.__name__}.{name}")

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        if len(arguments) == 1 and not named and callable(arguments[0]):
            return arguments[0]  # used as a decorator while a module is imported
        raise NotLoaded(cls.__name__)


def _empty(name: Text) -> _Empty:
    return _Empty(name, (), {})


class _StandIn(ModuleType):
    """A module in which every name is found."""

    __path__: Sequence[Text] = ()

    def __getattr__(self, name: Text) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _empty(f"{self.__name__}.{name}")
        setattr(self, name, found)
        return found


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds a stand-in for every module of the named packages, before Python looks for the real one."""

    def __init__(self, packages: Sequence[Text]) -> None:
        self.packages = frozenset(packages)

    def find_spec(
        self, fullname: Text, path: Any = None, target: Any = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        if fullname.split(".", 1)[0] not in self.packages:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return _StandIn(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """A stand-in has nothing to run."""


def is_wanted() -> bool:
    return os.environ.get(SWITCH, "") in ("", "0")


def install(packages: Sequence[Text] = NEVER_CALLED) -> Optional[StandIns]:
    """Stand in for `packages` from now on; call it before anything imports Rasa. None where it is switched off."""
    if not is_wanted():
        return None
    # Sums of a few hundred numbers are slower on two threads than on one, and the waiting one burns a processor.
    for library in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(library, "1")
    stand_ins = StandIns([name for name in packages if name not in sys.modules])
    sys.meta_path.insert(0, stand_ins)
    return stand_ins
