"""Questions answered in free text: a title, an address, a note. What follows one is its answer, however it reads."""

from actions.turn import Turn

ANSWERED_IN_WORDS = (
    "utter_request_receiver",
    "utter_request_street",
    "utter_request_note",
    "utter_request_invoice_title",
    "utter_request_invoice_change",
    "utter_request_invoice_reissue",
    "utter_request_company",
    "utter_request_company_details",
    "utter_tax_number_doubtful",
    "utter_request_tax_number",
    "utter_request_email",
    "utter_request_appointment",
    "utter_request_freight_amount",
)


def is_answer_in_words(turn: Turn) -> bool:
    return bool(turn.slot("pending_intent")) and any(turn.has_just_said(question) for question in ANSWERED_IN_WORDS)
