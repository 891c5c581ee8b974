"""Alerts to staff by the group robots of DingTalk, Feishu and WeCom (docs/channels/alerts.md)."""
