"""Rasa without the libraries it never calls here: it trains, loads and answers, and says so when one is needed.

Each test runs a Python of its own: what is imported cannot be taken back.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
INSTALL = "from bot.extensions import light_rasa; light_rasa.install()\n"


def _python(code: str, folder: Path = ROOT, **environment: str) -> "subprocess.CompletedProcess[str]":
    quiet = {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "RASA_TELEMETRY_ENABLED": "false"}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, **quiet, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_of_tensorflow_is_loaded() -> None:
    code = (
        INSTALL + "import sys, rasa.core.agent\nprint(any('site-packages/tensorflow' in str(getattr(m, '__file__', ''))"
    )
    code += " for m in list(sys.modules.values())))"

    ended = _python(code)

    assert ended.stdout.strip() == "False", ended.stderr


def test_using_what_is_not_loaded_names_the_switch() -> None:
    ended = _python(INSTALL + "import tensorflow as tf\ntf.constant(1)")

    assert "NotLoaded: tensorflow.constant is not loaded: set ALL_OF_RASA=1" in ended.stderr


def test_the_switch_leaves_the_real_libraries_alone() -> None:
    ended = _python(INSTALL + "import sys\nprint(len(sys.meta_path))", ALL_OF_RASA="1")
    plain = _python("import sys\nprint(len(sys.meta_path))")

    assert ended.stdout == plain.stdout


def test_a_stand_in_can_be_subclassed_used_as_a_decorator_and_named_in_a_type() -> None:
    code = """
import typing
import tensorflow as tf
from tensorflow.keras.layers import Layer
class Mine(tf.keras.layers.Layer):
    @tf.function
    def call(self, x: typing.Optional[tf.Tensor]) -> typing.Union[tf.Tensor, None]:
        return 7
print(Mine.call(None, None), issubclass(Mine, Layer) is not None)
"""

    ended = _python(INSTALL + code)

    assert ended.stdout.strip() == "7 True", ended.stderr


TRAIN_AND_TALK = """
import asyncio
import rasa
from rasa.core.agent import Agent
from bot.extensions import quick_rasa

quick_rasa.mend()
result = rasa.train("domain.yml", "config.yml", ["data.yml"], output="models", force_training=True)
agent = Agent.load(result.model)
answers = asyncio.run(agent.handle_text("我要退货"))
print("ANSWER", answers[0]["text"])
"""
FILES = {
    "config.yml": """
recipe: default.v1
assistant_id: tiny
language: zh
pipeline:
  - name: bot.components.normaliser.TextNormaliser
  - name: bot.components.segmenter.JiebaSegmenter
    dictionary: words
  - name: bot.components.intent_reader.IntentReader
    least_messages: 1
  - {name: FallbackClassifier, threshold: 0.1}
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
""",
    "domain.yml": """
version: "3.1"
intents: [return_apply, greet]
responses:
  utter_return: [{text: 好的，给您办退货}]
""",
    "data.yml": """
version: "3.1"
nlu:
  - intent: return_apply
    examples: |
      - 我要退货
      - 退货
      - 想退货
  - intent: greet
    examples: |
      - 你好
      - 您好
      - 在吗
rules:
  - rule: return
    steps: [{intent: return_apply}, {action: utter_return}]
""",
    "words/shop.txt": "退货 1000 v\n",
}


@pytest.mark.timeout(240)
def test_a_bot_is_trained_and_answers_without_them(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    ended = _python(INSTALL + TRAIN_AND_TALK, tmp_path)

    assert "ANSWER 好的，给您办退货" in ended.stdout, ended.stderr[-3000:]
