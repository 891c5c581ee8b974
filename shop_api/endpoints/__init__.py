"""The HTTP surface of the shop: parse, authorise, call a service, answer."""
