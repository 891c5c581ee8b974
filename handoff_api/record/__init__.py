"""The record in SQL: tables and the only place with queries."""
