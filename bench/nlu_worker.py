"""One measured step of `bench.nlu` in a process of its own: train a pipeline, or load a model and read messages.

    python -m bench.nlu_worker train CONFIG DATA OUT_FOLDER RESULT
    python -m bench.nlu_worker read MODEL TEXTS RESULT

RESULT is written as JSON. `ALL_OF_RASA=1` keeps TensorFlow, which DIET needs; our pipeline runs as it is shipped.
"""

import asyncio
import json
import logging
import os
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from bot.extensions import light_rasa


def _megabytes_now() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def train(config: str, data: str, out: str) -> dict[str, Any]:
    """Wall and processor seconds of the training alone, after the imports; peak memory in MB."""
    light_rasa.install()
    from rasa.model_training import train_nlu

    if light_rasa.is_wanted():
        from bot.extensions import quick_rasa

        quick_rasa.mend()
    wall, processor = time.perf_counter(), time.process_time()
    model = train_nlu(config=config, nlu_data=data, output=out)
    return {
        "model": model,
        "seconds": time.perf_counter() - wall,
        "processor_seconds": time.process_time() - processor,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def read(model: str, texts: list[str]) -> dict[str, Any]:
    """[best intent that is no fallback, its confidence, intent acted on] of each text, and what it cost."""
    started = time.perf_counter()
    light_rasa.install((*light_rasa.NEVER_CALLED, *light_rasa.ONLY_FOR_TRAINING))
    from rasa.core.agent import Agent
    from rasa.utils.log_utils import configure_structlog

    configure_structlog(logging.WARNING)  # as a server does; else every message is printed
    agent = Agent.load(model)
    load_seconds = time.perf_counter() - started
    readings, times, processor = asyncio.run(_read_all(agent, texts))
    ordered = sorted(times)
    return {
        "load_seconds": load_seconds,
        "rss_mb": _megabytes_now(),
        "p50_ms": statistics.median(times),
        "p95_ms": ordered[int(len(ordered) * 0.95)],
        "processor_ms": processor,
        "readings": readings,
    }


async def _read_all(agent: Any, texts: list[str]) -> tuple[list[list[Any]], list[float], float]:
    for text in texts[:20]:  # the first ones pay for what is made once
        await agent.parse_message(text)
    readings, times = [], []
    processor = time.process_time()
    for text in texts:
        started = time.perf_counter()
        parsed = await agent.parse_message(text)
        times.append((time.perf_counter() - started) * 1000)
        readings.append(_reading(parsed))
    return readings, times, (time.process_time() - processor) * 1000 / len(texts)


def _reading(parsed: dict[str, Any]) -> list[Any]:
    acted = parsed.get("intent") or {}
    ranking = [entry for entry in parsed.get("intent_ranking") or [acted] if entry.get("name") != "nlu_fallback"]
    best = ranking[0] if ranking else acted
    return [str(best.get("name")), float(best.get("confidence") or 0.0), str(acted.get("name"))]


def main() -> None:
    step, *arguments, result = sys.argv[1:]
    if step == "train":
        measured = train(*arguments)
    else:
        model, texts = arguments
        measured = read(model, json.loads(Path(texts).read_text(encoding="utf-8")))
    Path(result).write_text(json.dumps(measured, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
