"""An encoder of the merchant's own: real ONNX weights, made here, read as a folder of a real one is."""

import json
from pathlib import Path
from typing import List, Optional

import numpy as np
import pytest

from bot.language.sentence_encoder import SentenceEncoder, digest
from tests.bot.encoders import VECTORS_OF_PIECES, write_encoder


def _vector(*pieces: str) -> np.ndarray:
    return np.array([VECTORS_OF_PIECES[piece] for piece in pieces], dtype=np.float32)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def test_tokens_are_averaged_without_the_padding(tmp_path: Path) -> None:
    encoder = SentenceEncoder(write_encoder(tmp_path))

    short, long = encoder.encode(["退", "退 货 退 货"])

    assert np.allclose(short, _unit(_vector("[CLS]", "退", "[SEP]").mean(axis=0)), atol=1e-5)
    assert np.allclose(long, _unit(_vector("[CLS]", "退", "货", "退", "货", "[SEP]").mean(axis=0)), atol=1e-5)


@pytest.mark.parametrize("said", [{"pooling_mode_cls_token": True}, {"pooling_mode": "cls"}])
def test_the_pooling_is_the_one_sentence_transformers_wrote_down(tmp_path: Path, said: "dict[str, object]") -> None:
    folder = write_encoder(tmp_path, weights="onnx/model.onnx")
    modules = [{"path": "", "type": "sentence_transformers.models.Transformer"},
               {"path": "2_Pooling", "type": "sentence_transformers.models.Pooling"}]  # fmt: skip
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (folder / "2_Pooling").mkdir()
    (folder / "2_Pooling" / "config.json").write_text(json.dumps(said), encoding="utf-8")

    (found,) = SentenceEncoder(folder).encode(["货"])

    assert np.allclose(found, _unit(_vector("[CLS]")[0]), atol=1e-5)


def test_a_pooling_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text('{"pooling_mode_lasttoken": true}', encoding="utf-8")

    with pytest.raises(ValueError, match="pooling_mode_lasttoken"):
        SentenceEncoder(folder)


def test_a_list_of_word_pieces_is_a_tokenizer_too(tmp_path: Path) -> None:
    one = SentenceEncoder(write_encoder(tmp_path / "json")).encode(["退货"])
    other = SentenceEncoder(write_encoder(tmp_path / "txt", tokenizer="vocab.txt")).encode(["退货"])

    assert np.allclose(one, other)


def test_more_messages_than_a_batch_and_longer_ones_than_the_encoder_takes(tmp_path: Path) -> None:
    encoder = SentenceEncoder(write_encoder(tmp_path))
    texts: List[str] = ["退"] * 70 + ["货" * 4000, "", "\u0000", "😡"]

    found = encoder.encode(texts)

    assert found.shape == (74, len(VECTORS_OF_PIECES["退"]))
    assert np.isfinite(found).all()
    assert encoder.encode([]).shape[0] == 0


@pytest.mark.parametrize(("gone", "advice"), [("model.onnx", "optimum-cli"), ("tokenizer.json", "vocab.txt")])
def test_a_folder_without_what_is_needed_says_so(tmp_path: Path, gone: str, advice: Optional[str]) -> None:
    folder = write_encoder(tmp_path)
    (folder / gone).unlink()

    with pytest.raises(FileNotFoundError, match=advice):
        SentenceEncoder(folder)


def test_another_encoder_has_another_digest(tmp_path: Path) -> None:
    folder = write_encoder(tmp_path)
    before = digest(folder)

    tokenizer = folder / "tokenizer.json"
    tokenizer.write_text(tokenizer.read_text(encoding="utf-8").replace("货", "贷"), encoding="utf-8")

    assert digest(folder) != before
