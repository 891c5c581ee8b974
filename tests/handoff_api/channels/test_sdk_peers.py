"""Independent implementations agree with ours, in both directions: wechatpy for WeChat and WeCom, lark-oapi for Feishu.

They are peers in these tests only; nothing else imports them.
"""

import json
import warnings
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff_api.channels import tencent
from handoff_api.channels.staff_bots import feishu
from handoff_api.errors import SignatureRefused
from tests.fakes import staff_platforms

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import lark_oapi
    from lark_oapi.core.model import RawRequest
    from lark_oapi.core.utils import AESCipher
    from wechatpy.crypto import WeChatCrypto
    from wechatpy.enterprise.crypto import WeChatCrypto as WecomCrypto
    from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
    from wechatpy.utils import check_signature

KEY, TOKEN = "DkOTMB9Maz94Wyqofk/FRdddI8R5FTyCASDOc6Ie2G0", "demoToken2026"
APP_ID, CORP_ID = "wxdemo0123456789", "wwdemo0123456789"
NONCE = "881122"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=300)


@given(text=texts)
def test_what_we_seal_wechatpy_opens(text: str) -> None:
    body = tencent.to_xml({"Encrypt": tencent.Envelope(KEY, APP_ID).encrypt(text.encode())}).decode()
    sealed = tencent.parse(body.encode())["Encrypt"]
    signature = tencent.signature(TOKEN, "1767225600", NONCE, sealed)

    opened = WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message(body, signature, "1767225600", NONCE)

    assert opened == text


@given(text=texts)
def test_what_wechatpy_seals_we_open(text: str) -> None:
    body = WeChatCrypto(TOKEN, KEY, APP_ID).encrypt_message(text, NONCE, "1767225600")

    said = tencent.parse(body.encode())

    assert tencent.is_signed(said["MsgSignature"], TOKEN, "1767225600", NONCE, said["Encrypt"])
    assert tencent.Envelope(KEY, APP_ID).decrypt(said["Encrypt"]).decode() == text


def test_a_plain_call_that_we_sign_passes_their_check() -> None:
    check_signature(TOKEN, tencent.signature(TOKEN, "1767225600", NONCE), "1767225600", NONCE)


def test_both_refuse_another_account_and_another_signature() -> None:
    sealed = tencent.Envelope(KEY, "wxanother").encrypt(b"x")
    signature = tencent.signature(TOKEN, "1", NONCE, sealed)

    with pytest.raises(InvalidAppIdException):
        WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message({"Encrypt": sealed}, signature, "1", NONCE)
    with pytest.raises(SignatureRefused):
        tencent.Envelope(KEY, APP_ID).decrypt(sealed)
    with pytest.raises(InvalidSignatureException):
        WeChatCrypto(TOKEN, KEY, APP_ID).decrypt_message({"Encrypt": sealed}, "0" * 40, "1", NONCE)


def test_wecoms_url_check_is_opened_by_both() -> None:
    echo = tencent.Envelope(KEY, CORP_ID).encrypt(b"6789012345678901234")
    signature = tencent.signature(TOKEN, "1767225600", NONCE, echo)

    theirs = WecomCrypto(TOKEN, KEY, CORP_ID).check_signature(signature, "1767225600", NONCE, echo)

    assert theirs == "6789012345678901234"
    assert tencent.Envelope(KEY, CORP_ID).decrypt(echo) == b"6789012345678901234"


@given(text=texts)
def test_what_is_sealed_for_feishu_both_open(text: str) -> None:
    sealed = json.loads(staff_platforms.sealed(text.encode()))["encrypt"]

    assert feishu.decrypt(sealed, staff_platforms.ENCRYPT_KEY).decode() == text
    assert AESCipher(staff_platforms.ENCRYPT_KEY).decrypt_str(sealed) == text


@pytest.mark.parametrize(("key", "status"), [(staff_platforms.ENCRYPT_KEY, 200), ("another key", 500)])
def test_a_call_signed_as_we_expect_it_passes_larks_own_handler(key: str, status: int) -> None:
    heard: list[Any] = []
    handler = (
        lark_oapi.EventDispatcherHandler.builder(staff_platforms.ENCRYPT_KEY, staff_platforms.VERIFICATION_TOKEN)
        .register_p2_im_message_receive_v1(heard.append)
        .build()
    )
    made = staff_platforms.feishu_call(
        staff_platforms.sealed(staff_platforms.feishu_message()), datetime.now(UTC), key=key
    )
    request = RawRequest()
    request.uri, request.body = "/channels/feishu/team", made.body
    request.headers = {
        "X-Lark-Request-Timestamp": made.headers["x-lark-request-timestamp"],
        "X-Lark-Request-Nonce": made.headers["x-lark-request-nonce"],
        "X-Lark-Signature": made.headers["x-lark-signature"],
    }

    assert handler.do(request).status_code == status
    assert len(heard) == (status == 200)
