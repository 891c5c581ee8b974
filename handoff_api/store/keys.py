"""Every key in Redis, each a function. One hash tag per shop: any script touches one slot of a cluster only.

Nothing here is the record. All of it can vanish at any moment; `worker.py` puts it back from SQL.
"""


def queue(shop_id: str) -> str:
    """Sorted set: conversation id → place (tick in ms minus the boost of its priority). Members are the queued and
    offered conversations."""
    return f"hb:{{{shop_id}}}:queue"


def ticks(shop_id: str) -> str:
    """Hash: conversation id → its original tick, kept while it is requeued, so that it returns to its old place."""
    return f"hb:{{{shop_id}}}:ticks"


def reservations(shop_id: str) -> str:
    """Sorted set: conversation id → deadline in ms. Written by an offer, removed when it is settled."""
    return f"hb:{{{shop_id}}}:reservations"


def presence(shop_id: str) -> str:
    """Sorted set: "agent id|session generation" → deadline in ms, moved on by every heartbeat. An agent is online
    while one of their generations is before its deadline."""
    return f"hb:{{{shop_id}}}:presence"


def limit(shop_id: str, name: str, principal: str) -> str:
    """Hash: tokens and the time of the last refill of one token bucket. Expires when the bucket is full again."""
    return f"hb:{{{shop_id}}}:limit:{name}:{principal}"


def hints(shop_id: str) -> str:
    """Pub/sub channel: "this conversation changed", for the other processes. A lost hint costs a few seconds."""
    return f"hb:{{{shop_id}}}:hints"


def nonce(shop_id: str, channel: str, nonce: str) -> str:
    """String: a signed call with this nonce was seen. Lives twice as long as a call's timestamp is accepted."""
    return f"hb:{{{shop_id}}}:nonce:{channel}:{nonce}"


def platform_token(shop_id: str, channel: str) -> str:
    """String: the access token of a platform account and when it ends, as JSON. Lives as long as the token."""
    return f"hb:{{{shop_id}}}:platform_token:{channel}"


def platform_token_lock(shop_id: str, channel: str) -> str:
    """String: which process is fetching a new access token. Lives for seconds."""
    return f"hb:{{{shop_id}}}:platform_token_lock:{channel}"


def platform_media(shop_id: str, channel: str, attachment_id: str) -> str:
    """String: the media id under which a platform has this file of ours. Ends before the platform forgets it."""
    return f"hb:{{{shop_id}}}:platform_media:{channel}:{attachment_id}"
