"""WeCom's customer service, 微信客服 (docs/channels/wecom.md)."""
