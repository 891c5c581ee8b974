"""What every answer of the shop carries, and how much it reads: see `contracts/edge.py`."""

from fastapi import FastAPI

from contracts.edge import ALWAYS, PRIVATE, BodyLimit, Headers


def page_policy(bridge_url: str) -> str:
    """The demo store and the API pages run their own scripts and the bridge's widget, nothing else. Styles may be
    inline: the widget and the API pages set them."""
    bridge = "/".join(bridge_url.split("/", 3)[:3])
    return (
        f"default-src 'self'; script-src 'self' {bridge}; style-src 'self' 'unsafe-inline'; "
        f"img-src 'self' data: {bridge}; connect-src 'self' {bridge}; frame-src {bridge or "'none'"}; "
        "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def add_edge(app: FastAPI, bridge_url: str) -> None:
    pages = {**ALWAYS, "Content-Security-Policy": page_policy(bridge_url), "Referrer-Policy": "no-referrer"}
    private = {**ALWAYS, **PRIVATE}
    app.add_middleware(BodyLimit)
    app.add_middleware(Headers, under={"": pages, "/v1/": private, "/demo/": private, "/demo/images/": ALWAYS})
