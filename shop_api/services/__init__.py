"""What the shop does: read, decide, write, in that order. Endpoints call these; these call the record."""
