"""The order and ticket API of a store: a reference implementation with demo data behind the published contract.

It supplies facts and carries out what was decided, and may refuse. A merchant puts an adapter of their own system
behind the same OpenAPI document instead. Nothing here imports `actions` or `handoff_api`.
"""
