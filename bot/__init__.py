"""The bot: what it understands (`language/`, `components/`), what it says and when (`domain/`, `rules/`, `stories/`),
and how it is joined to Rasa and to the bridge (`extensions/`). Python 3.10, an environment of its own."""
