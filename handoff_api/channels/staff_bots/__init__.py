"""Staff ask how the desk stands, in Feishu or DingTalk, and are answered there (docs/channels/alerts.md)."""
