"""What is taken out opens in a spreadsheet and runs nothing there."""

import io
import re
import zipfile

import pytest

from handoff_api.services.exports import as_csv, as_xlsx, harmless

HOSTILE = '=HYPERLINK("http://evil.example","x")'


@pytest.mark.parametrize("text", [HOSTILE, "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1"])
def test_a_text_that_begins_like_a_formula_is_shown_as_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


def test_numbers_and_plain_words_stay_what_they_are() -> None:
    assert [harmless(cell) for cell in (-3, 4.5, None, "小林", "a=b")] == [-3, 4.5, None, "小林", "a=b"]
    assert as_csv([("日期", "会话"), ("2026-11-21", None)]) == "\ufeff日期,会话\r\n2026-11-21,\r\n"


def test_a_workbook_holds_texts_and_no_formula() -> None:
    book = zipfile.ZipFile(io.BytesIO(as_xlsx({"按客服": [("客服", "接待数"), (HOSTILE, 3)]})))

    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    texts = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "'=HYPERLINK" in texts
    assert re.search(r"<v>3</v>", sheet)
