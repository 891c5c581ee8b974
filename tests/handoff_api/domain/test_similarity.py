"""Which text is most like another."""

from handoff_api.domain.similarity import SimilarTexts, said

QUESTIONS = ["鞋底开胶了怎么处理", "我的快递到哪了", "退款什么时候到账", "发票抬头开错了"]


def test_the_same_wish_in_other_words_is_nearest() -> None:
    [(place, likeness), *_] = SimilarTexts(QUESTIONS).nearest("这双鞋鞋底开胶了，能处理吗", most=3)

    assert QUESTIONS[place] == "鞋底开胶了怎么处理"
    assert 0.35 < likeness < 1


def test_the_same_text_is_wholly_like_and_another_not_at_all() -> None:
    texts = SimilarTexts(QUESTIONS)

    [(place, likeness)] = texts.nearest("退款什么时候到账？", most=1)
    assert (place, round(likeness, 6)) == (2, 1.0)
    assert texts.nearest("天气", most=1) == []
    assert SimilarTexts([]).nearest("退款", most=1) == []


def test_what_is_rare_weighs_more_than_what_everybody_says() -> None:
    texts = SimilarTexts(["请问怎么退货", "请问怎么开发票", "请问怎么改地址", "想开发票"])

    assert texts.nearest("请问怎么开发票呀", most=1)[0][0] == 1
    assert texts.nearest("发票", most=2)[0][0] in (1, 3)


def test_only_letters_and_digits_count() -> None:
    assert said("退款，OK？ 12_3") == "退款ok123"
