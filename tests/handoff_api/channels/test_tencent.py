"""Signatures and envelopes agree with the published samples and with vectors that other implementations made."""

import json
from pathlib import Path
from typing import Any

import pytest

from handoff_api.channels import tencent
from handoff_api.errors import RequestInvalid, SignatureRefused

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
OURS = VECTORS["mp_aes"]


@pytest.mark.parametrize("sample", VECTORS["tencent_samples"]["signatures"])
def test_the_signature_is_the_platforms(sample: list[str]) -> None:
    *parts, wanted = sample

    assert tencent.is_signed(wanted, *parts)
    assert not tencent.is_signed("0" * 40, *parts)
    assert not tencent.is_signed("签" * 40, *parts)


def test_the_plain_mode_vector_agrees() -> None:
    vector = VECTORS["mp_plain_signature"]

    assert tencent.signature(vector["token"], vector["timestamp"], vector["nonce"]) == vector["signature"]


def test_a_sealed_message_is_opened_and_sealed_as_others_do_it() -> None:
    envelope = tencent.Envelope(OURS["encoding_aes_key"], OURS["receive_id"])

    assert envelope.decrypt(OURS["encrypt"]).decode() == OURS["plain"]
    assert envelope.encrypt(OURS["plain"].encode(), OURS["random16"].encode()) == OURS["encrypt"]
    signed = tencent.signature(OURS["token"], OURS["timestamp"], OURS["nonce"], OURS["encrypt"])
    assert signed == OURS["msg_signature"]


@pytest.mark.parametrize("vector", [VECTORS["wecom_echostr"], VECTORS["tencent_samples"]["wecom_echostr"]])
def test_the_url_check_of_wecom_is_decrypted(vector: dict[str, str]) -> None:
    envelope = tencent.Envelope(vector["encoding_aes_key"], vector["receive_id"])

    assert tencent.is_signed(
        vector["msg_signature"], vector["token"], vector["timestamp"], vector["nonce"], vector["echostr"]
    )
    assert envelope.decrypt(vector["echostr"]).decode() == vector["expect"]


def test_what_was_sealed_for_another_account_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        tencent.Envelope(OURS["encoding_aes_key"], "wxanother").decrypt(OURS["encrypt"])


@pytest.mark.parametrize("spoil", ["", "AAAA", "not base64!", OURS["encrypt"][:-24], OURS["encrypt"][4:], "A" * 88])
def test_a_damaged_envelope_is_refused(spoil: str) -> None:
    with pytest.raises(SignatureRefused):
        tencent.Envelope(OURS["encoding_aes_key"], OURS["receive_id"]).decrypt(spoil)


def test_every_bit_of_the_last_block_counts() -> None:
    import base64

    envelope = tencent.Envelope(OURS["encoding_aes_key"], OURS["receive_id"])
    sealed = bytearray(base64.b64decode(OURS["encrypt"]))
    for at in (len(sealed) - 17, len(sealed) - 1, len(sealed) - 40):
        spoilt = bytearray(sealed)
        spoilt[at] ^= 1
        with pytest.raises(SignatureRefused):
            envelope.decrypt(base64.b64encode(bytes(spoilt)).decode())


@pytest.mark.parametrize("text", ["]]>", "a]]>b]]>", "😡👨‍👩‍👧", "<xml>&amp;", "行一\n行二"])
def test_any_text_survives_the_xml(text: str) -> None:
    assert tencent.parse(tencent.to_xml({"Content": text, "CreateTime": 1})) == {"Content": text, "CreateTime": "1"}


@pytest.mark.parametrize(
    "body",
    [
        b"<xml><a>",
        b"\xff",
        b"",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b"[1]",
        b"{",
    ],
)
def test_nothing_but_a_flat_message_is_read(body: bytes) -> None:
    with pytest.raises(RequestInvalid):
        tencent.parse(body)
