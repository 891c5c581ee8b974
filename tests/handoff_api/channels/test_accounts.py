"""The channels file: secrets from the environment, every mistake named by its place, the samples of the docs valid."""

import re
import textwrap
from pathlib import Path

import pytest

from handoff_api.channels.accounts import ChannelsFile, ChannelsFileInvalid, load

DOCS = Path(__file__).resolve().parents[3] / "docs" / "channels"
SAMPLES = [
    pytest.param(textwrap.dedent(block), id=f"{page.name}-{number}")
    for page in sorted(DOCS.glob("*.md"))
    for number, block in enumerate(re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
]


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "channels.yml"
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_there_are_no_channels() -> None:
    assert load(None) == ChannelsFile()


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_sample_of_the_docs_is_a_valid_file(sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in re.findall(r"env:(\w+)", sample):
        monkeypatch.setenv(name, "https://robot.example/?k=v" if "URL" in name else "k" * 43)

    found = load(written(tmp_path, sample))

    assert found.accounts or found.alerts.robots or found.alerts.bots


def test_a_secret_that_is_not_in_the_environment_is_named(tmp_path: Path) -> None:
    text = "accounts: [{kind: webhook, name: app, keys: {k1: env:NOT_THERE}, deliver_url: 'https://x.example'}]"

    with pytest.raises(ChannelsFileInvalid, match="NOT_THERE"):
        load(written(tmp_path, text))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("accounts: [{kind: qq, name: a}]", "accounts.0"),
        ("accounts: [{kind: webhook, name: a, keys: {k1: tooshort}, deliver_url: 'https://x.example'}]", "keys"),
        ("accounts: [{kind: wechat, name: a, app_id: x, token: t, app_secret: s}]", "encoding_aes_key is missing"),
        ("acounts: []", "acounts"),
        ("accounts: [", "ParserError"),
    ],
)
def test_a_mistake_is_named_by_its_place_and_says_no_value(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ChannelsFileInvalid) as refused:
        load(written(tmp_path, text))

    assert place in str(refused.value)
    assert "tooshort" not in str(refused.value)
