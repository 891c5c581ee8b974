"""IM channels: what a platform delivers becomes the same message as one of the web page, and what is said in the
conversation is delivered through whatever channel the shopper wrote from last.

Rule 1. Nothing is acknowledged to a platform before it is in the record (the inbox).
Rule 2. Nothing is sent that is not in the record (the outbox); it is made from the conversation's events, once.
Rule 3. An adapter knows one platform and nothing of conversations.
"""
