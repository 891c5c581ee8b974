"""The HTTP routes: parse, authorise, hand over, answer."""
