"""The bot's actions: they read what is known, ask the shop and the policy engine, and name a response.

No word a shopper reads stands here: responses live in `bot/domain/`, short titles in `wording.yml` and
`intent_titles.yml`. An action never changes who owns a conversation; it asks for a person in its reply.
"""
