"""The built web parts, each under a policy of its own: the workspace may not be framed, the chat only by stores."""

from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from handoff_api.settings import Settings

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


def policy(frame_ancestors: str, image_origins: list[str]) -> str:
    """Styles may be inline (component libraries set them), scripts never."""
    images = " ".join(["'self'", "data:", "blob:", *image_origins])
    return (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"img-src {images}; connect-src 'self'; font-src 'self'; object-src 'none'; "
        f"base-uri 'none'; form-action 'self'; frame-ancestors {frame_ancestors}"
    )


class Pages(StaticFiles):
    """A built single-page application; unknown paths without an extension are its own routes."""

    def __init__(self, directory: Path, headers: dict[str, str]) -> None:
        super().__init__(directory=directory, html=True, check_dir=False)
        self._headers = {**_COMMON, **headers}

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or "." in path.rsplit("/", 1)[-1]:
                raise
            response = await super().get_response("index.html", scope)
        response.headers.update(self._headers)
        is_hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = _IMMUTABLE if is_hashed else _REVALIDATE
        return response


def install(app: FastAPI, settings: Settings) -> None:
    """`/workspace/`, `/chat/`, `/docs/` (the API), the one script a store includes, `/widget.js`, with its types, and
    `/widget-options/`, where a shop chooses how its button looks."""
    stores = settings.embedding_origins
    widget, workspace = settings.web_dir / "widget" / "dist", settings.web_dir / "workspace" / "dist"
    chat_headers = {
        "Content-Security-Policy": policy(" ".join(["'self'", *stores]), stores),
        "Permissions-Policy": "camera=(), microphone=(self), geolocation=()",  # for speaking instead of typing
    }
    desk_headers = {"Content-Security-Policy": policy("'none'", stores), "X-Frame-Options": "DENY"}

    @app.get("/widget.js", include_in_schema=False)
    async def widget_script() -> FileResponse:
        return _shared(widget / "widget.js", "text/javascript")

    @app.get("/widget.d.ts", include_in_schema=False)
    async def widget_types() -> FileResponse:
        return _shared(widget / "widget.d.ts", "text/plain; charset=utf-8")

    app.mount("/chat", Pages(widget / "chat", chat_headers), name="chat")
    app.mount("/widget-options", Pages(widget / "options", desk_headers), name="widget-options")
    app.mount("/workspace", Pages(workspace, desk_headers), name="workspace")
    app.mount("/docs", Pages(settings.web_dir / "api_docs" / "dist", desk_headers), name="docs")


def _shared(file: Path, media_type: str) -> FileResponse:
    """What pages of any origin may include."""
    if not file.is_file():
        raise HTTPException(404)
    headers = {**_COMMON, "Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}
    return FileResponse(file, media_type=media_type, headers=headers)
