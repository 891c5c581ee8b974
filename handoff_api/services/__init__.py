"""What the bridge does: read, decide, change in one transaction, tell. In that order."""
