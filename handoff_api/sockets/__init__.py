"""The two WebSockets: a reader and a writer per connection, nothing of the business."""
