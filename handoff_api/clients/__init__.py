"""HTTP clients of the bot and of the shop."""
