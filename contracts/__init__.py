"""The wire models shared by the processes: what crosses HTTP and WebSockets, and nothing else.

Only pydantic, PyJWT and the standard library may be imported here. The bot's environment imports none of it:
it speaks the same JSON (`bot/extensions/`), and `tests/contracts/` holds the two sides against each other.
"""
