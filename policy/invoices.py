"""The invoice: whoever paid may have one, and a wrong one is made anew. The shop's own part is how soon."""

from contracts.shop import InvoiceStatus
from contracts.verdict import Decision, Verdict
from policy.before_signing import judge_never_bought
from policy.facts import InvoiceFacts, InvoiceWish
from policy.rules import Rules
from policy.verdicts import ask_person, verdict

# (what is wished, how the invoice stands) → (decision, sentence, ways)
ANSWERS: dict[tuple[InvoiceWish, InvoiceStatus], tuple[Decision, str, tuple[str, ...]]] = {
    (InvoiceWish.APPLY, InvoiceStatus.NONE): (Decision.ALLOWED, "allowed", ("apply",)),
    (InvoiceWish.APPLY, InvoiceStatus.REQUESTED): (Decision.REFUSED, "already_requested", ("progress", "change")),
    (InvoiceWish.APPLY, InvoiceStatus.ISSUED): (Decision.REFUSED, "already_issued", ("resend", "change")),
    (InvoiceWish.CHANGE, InvoiceStatus.NONE): (Decision.REFUSED, "nothing_to_change", ("apply",)),
    (InvoiceWish.CHANGE, InvoiceStatus.REQUESTED): (Decision.ALLOWED, "change_before_issue", ("change", "person")),
    (InvoiceWish.CHANGE, InvoiceStatus.ISSUED): (Decision.ALLOWED, "reissue", ("change", "person")),
    (InvoiceWish.RESEND, InvoiceStatus.NONE): (Decision.REFUSED, "none", ("apply",)),
    (InvoiceWish.RESEND, InvoiceStatus.REQUESTED): (Decision.REFUSED, "not_issued", ("progress",)),
    (InvoiceWish.RESEND, InvoiceStatus.ISSUED): (Decision.ALLOWED, "resend", ("resend", "person")),
    (InvoiceWish.PROGRESS, InvoiceStatus.NONE): (Decision.REFUSED, "none", ("apply",)),
    (InvoiceWish.PROGRESS, InvoiceStatus.REQUESTED): (Decision.ALLOWED, "not_issued", ("progress", "person")),
    (InvoiceWish.PROGRESS, InvoiceStatus.ISSUED): (Decision.ALLOWED, "resend", ("resend", "person")),
}
NEW_PAPER = frozenset({InvoiceWish.APPLY, InvoiceWish.CHANGE})


def decide_invoice(rules: Rules, facts: InvoiceFacts) -> Verdict:
    """The verdict on getting, changing or seeing the invoice of an order."""
    early = judge_never_bought(rules, facts)
    if early:
        return early
    rule = rules.invoice.in_force(facts.order.placed_at)
    decision, sentence, ways = ANSWERS[facts.wish, facts.order.invoice.status]
    if facts.wish in NEW_PAPER and facts.is_refunded:
        return ask_person(rule, facts, "refunded")
    if facts.is_special and decision is Decision.ALLOWED and facts.wish in NEW_PAPER:
        return ask_person(rule, facts, "special")
    return verdict(rule, facts, decision, sentence, ways=ways)
