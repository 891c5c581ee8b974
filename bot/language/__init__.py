"""How Chinese shoppers write: pure functions on text.

Nothing here knows Rasa, so all of it is tested in milliseconds.

`bot/components/` wraps these functions as components of the pipeline in `config.yml`.
"""
