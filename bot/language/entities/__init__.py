"""Facts in a message: numbers, dates, amounts, goods. One file per kind; `reader.read_entities` joins them.

Everything here is pure and linear in the length of the text. Offsets count characters of the *cleaned* text
(`bot.language.normalise.clean`), which every rule also gets in one folded spelling of the same length.
"""
