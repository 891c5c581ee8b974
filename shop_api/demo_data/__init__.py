"""The demo store: products, people and orders, the same at every seeding, dated relative to today."""
