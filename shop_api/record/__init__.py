"""The SQL record of the shop: tables and the only place with queries."""
