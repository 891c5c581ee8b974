"""The generic channel: JSON over HTTPS, signed both ways (docs/channels/webhook.md)."""
