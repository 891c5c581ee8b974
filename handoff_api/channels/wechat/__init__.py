"""WeChat: 公众号 and 小程序 (docs/channels/wechat.md)."""
