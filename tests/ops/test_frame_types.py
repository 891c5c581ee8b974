"""The TypeScript types of the frames say what the models say."""

from pydantic import TypeAdapter

from contracts.bot_output import SummaryCard
from contracts.verdict import RefundLine
from ops.generate_frame_types import TARGET, declaration, generate


def test_the_generated_file_is_up_to_date() -> None:
    assert TARGET.read_text(encoding="utf-8") == generate()


def test_money_is_a_string() -> None:
    text = declaration("RefundLine", TypeAdapter(RefundLine).json_schema(mode="serialization"), "serialization")

    assert "  amount: string;" in text


def test_pairs_stay_pairs() -> None:
    text = declaration("SummaryCard", TypeAdapter(SummaryCard).json_schema(mode="serialization"), "serialization")

    assert "  rows: [string, string][];" in text


def test_a_command_may_leave_out_what_has_a_default_but_never_its_type() -> None:
    lines = generate().split("export interface RateService {")[1].split("}")[0]

    assert 'type: "csat.rate";' in lines
    assert "comment?: string;" in lines
