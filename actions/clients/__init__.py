"""HTTP clients of the actions. One file per server."""
