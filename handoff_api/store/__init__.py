"""The live state in Redis: it can be lost at any moment and is rebuilt from the record."""
