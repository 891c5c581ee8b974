"""Pure decisions of the shop: life cycles, deadlines, ids, wording. No I/O, no framework."""
