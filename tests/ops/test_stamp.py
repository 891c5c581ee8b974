"""Work is done again when what it is made from has changed, and only then."""

from pathlib import Path

import pytest

from ops.stamp import digest, files_under, when_changed


def test_the_same_files_are_worked_on_once(tmp_path: Path) -> None:
    done: list[int] = []

    for _ in range(2):
        when_changed(tmp_path / "stamp", "value", lambda: done.append(1))

    assert done == [1]


def test_a_failed_work_is_done_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the very error that was raised
        when_changed(tmp_path / "stamp", "value", fail)

    assert when_changed(tmp_path / "stamp", "value", lambda: None)


def test_contents_and_names_count_but_nothing_built_does(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    before = digest(files_under(tmp_path))
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "built").write_text("x")
    with_built = digest(files_under(tmp_path))
    (tmp_path / "a").write_text("2")

    assert with_built == before
    assert digest(files_under(tmp_path)) != before
