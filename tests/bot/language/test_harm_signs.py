"""Words are known by their kinds, and pairs of kinds stand in one clause."""

from bench.reading import LOOKUPS
from bot.language.harm_signs import HarmSigns, read_signs_table

SIGNS = HarmSigns(read_signs_table(LOOKUPS))


def test_a_body_part_beside_a_cut_is_the_same_pair_whatever_the_words() -> None:
    assert "l2:hurt_body" in SIGNS.features("划了胳膊")
    assert "l2:hurt_body" in SIGNS.features("戳到额头")


def test_signs_of_two_clauses_make_no_pair() -> None:
    features = SIGNS.features("划了，胳膊")

    assert "l1:hurt" in features
    assert "l1:body" in features
    assert not [feature for feature in features if feature.startswith("l2:")]


def test_three_signs_in_a_row_are_one_feature() -> None:
    assert "l3:person_body_hurt" in SIGNS.features("宝宝额头磕")


def test_traditional_characters_are_the_same_words() -> None:
    assert SIGNS.features("臉腫") == SIGNS.features("脸肿")
