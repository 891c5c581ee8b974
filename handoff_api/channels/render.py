"""A conversation's events as messages of a channel, by what the channel can show.

Buttons become the channel's own menu; where it has none, or a smaller one, a numbered list that is answered by the
number; where even that is too long, its beginning and a link to the web page. A file is shown where the channel can,
and is a link where it cannot.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from contracts.events import Attachment, AuthorKind, CsatAskBody, Event, MessageBody, Status, StatusBody
from handoff_api import lines
from handoff_api.channels.card_text import in_words
from handoff_api.channels.messages import Capabilities, MenuItem, Outgoing, OutgoingFile
from handoff_api.channels.splitting import split

MOST_NUMBERED = 10
RATE = "rate"
LEAVE_QUEUE = "leave_queue"


@dataclass
class Rendered:
    """`menu`: what numbers and menu ids mean from now on, None if that did not change."""

    messages: list[Outgoing] = field(default_factory=list)
    menu: list[MenuItem] | None = None


def render(events: Sequence[Event], capabilities: Capabilities, link_to: Callable[[str], str]) -> Rendered:
    """Everything the shop's side said in `events`; `link_to` a file by its id, for whoever holds the link."""
    drafts = [draft for event in events for draft in _drafts(event, capabilities, link_to)]
    if capabilities.merges:
        drafts = _merged(drafts, capabilities.text_bytes)
    rendered = Rendered()
    for draft in drafts:
        rendered.messages += [draft] if draft.file else _shown(draft, capabilities)
        if draft.items or (draft.author == "bot" and not draft.file):
            rendered.menu = draft.items
    return rendered


def _drafts(event: Event, capabilities: Capabilities, link_to: Callable[[str], str]) -> list[Outgoing]:
    """Not yet cut to the channel's measure: a message's words and its files, a menu at the end."""
    if event.author.kind is AuthorKind.SHOPPER:
        return []
    body = event.body
    attached = body.attachments if isinstance(body, MessageBody) else []
    author = {"author": event.author.kind.value, "agent_name": _agent_name(event)}
    files = [_of_file(attachment, capabilities, link_to, author) for attachment in attached]
    words = _words(event)
    if words is None:
        return files
    return [*files, words] if words.items else [words, *files]


def _of_file(
    attachment: Attachment, capabilities: Capabilities, link_to: Callable[[str], str], author: Mapping[str, str]
) -> Outgoing:
    url = link_to(attachment.attachment_id)
    shown = capabilities.files.get(attachment.media_type)
    if shown is None or attachment.size > shown.largest:
        what = lines.MEDIA_NAMES["picture" if attachment.kind == "picture" else "file"]
        text = lines.FILE_LINK.format(what=what, name=attachment.name, url=url)
        return Outgoing.model_validate({"text": text, **author})
    file = OutgoingFile(
        attachment_id=attachment.attachment_id,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        url=url,
    )
    return Outgoing.model_validate({"kind": shown.kind, "text": "", "file": file, **author})


def _agent_name(event: Event) -> str:
    return event.author.name if event.author.kind is AuthorKind.AGENT else ""


def _words(event: Event) -> Outgoing | None:
    author = event.author.kind.value
    match event.body:
        case MessageBody() as body:
            return _of_message(body, author, _agent_name(event))
        case StatusBody() as body if body.line:
            waits = body.status in (Status.QUEUED, Status.MESSAGE_LEFT)
            items = [MenuItem(id=LEAVE_QUEUE, title=lines.LEAVE_QUEUE)] if waits else []
            return Outgoing(text=body.line, items=items, author="system", may_use_reserve=True)
        case CsatAskBody() as body:
            items = [
                MenuItem(id=f"{RATE}:{body.session_id}:{score}", title=title)
                for score, title in enumerate(lines.SCORES, start=1)
            ]
            return Outgoing(
                text=lines.RATE_SERVICE, items=items, author="system", may_use_reserve=True, ends_service=True
            )
    return None


def _of_message(body: MessageBody, author: str, agent_name: str) -> Outgoing | None:
    cards = [in_words(offered.card) for offered in body.cards]
    pressable = [offered.choice for offered in body.cards if offered.choice] + body.choices
    items = [MenuItem(id=choice.choice_id, title=_title(choice.title)) for choice in pressable if not choice.used]
    quoted = lines.QUOTED.format(text=body.quote.text) if body.quote else ""
    text = "\n\n".join(part for part in (quoted, body.text, *cards) if part)
    if not text and not items:
        return None
    return Outgoing.model_validate({"text": text, "items": items, "author": author, "agent_name": agent_name})


def _title(title: str) -> str:
    return " ".join(title.split())


def _merged(drafts: list[Outgoing], limit: int) -> list[Outgoing]:
    """Neighbours become one message while they fit: each message counts."""
    merged: list[Outgoing] = []
    for draft in drafts:
        last = merged[-1] if merged else None
        if (
            last
            and not (last.items or last.file or draft.file)
            and _fits(f"{last.text}\n\n{draft.text}", draft.items, limit)
        ):
            merged[-1] = draft.model_copy(
                update={
                    "text": f"{last.text}\n\n{draft.text}",
                    "may_use_reserve": last.may_use_reserve or draft.may_use_reserve,
                }
            )
        else:
            merged.append(draft)
    return merged


def _fits(text: str, items: list[MenuItem], limit: int) -> bool:
    return len((text + _numbered(items)).encode()) <= limit


def _shown(draft: Outgoing, capabilities: Capabilities) -> list[Outgoing]:
    if not draft.items:
        return _texts(draft, draft.text, capabilities)
    if _is_menu(draft, capabilities):
        *before, head = split(draft.text, capabilities.text_bytes) or [lines.CHOOSE]
        texts = [_text(draft, part) for part in before]
        return [*texts, draft.model_copy(update={"kind": "menu", "text": head})]
    return _texts(draft, draft.text + _numbered(draft.items, capabilities.page_url), capabilities)


def _is_menu(draft: Outgoing, capabilities: Capabilities) -> bool:
    return len(draft.items) <= capabilities.menu_items and all(
        len(item.title.encode()) <= capabilities.item_bytes for item in draft.items
    )


def _numbered(items: list[MenuItem], page_url: str = "") -> str:
    if not items:
        return ""
    shown = [f"{number}. {item.title}" for number, item in enumerate(items[:MOST_NUMBERED], start=1)]
    more = [lines.MORE_ON_PAGE.format(url=page_url)] if len(items) > MOST_NUMBERED and page_url else []
    return "\n".join(["", *shown, lines.ANSWER_BY_NUMBER, *more])


def _texts(draft: Outgoing, text: str, capabilities: Capabilities) -> list[Outgoing]:
    return [_text(draft, part) for part in split(text.strip("\n"), capabilities.text_bytes)]


def _text(draft: Outgoing, text: str) -> Outgoing:
    return draft.model_copy(update={"text": text, "items": []})
