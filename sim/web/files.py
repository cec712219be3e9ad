"""The page's own files: what may be served, and as what."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

STATIC = Path(__file__).parent / "static"
FONT = "font/yihe-sc.woff2"
"""Where the style asks for the font; what kind it is browsers see by its first bytes."""

FACE = "css/base.css"
"""The style that asks for it."""
TYPES = {
    ".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8", ".json": "application/json",
    ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8", ".webmanifest": "application/manifest+json"}
"""Files that are served: a machine's own table of types may be wrong, and a browser must not guess."""


async def page_file(folder: Path, name: str) -> Response:
    """A file of the page, looked up in the folder's listing and so never outside it.

    Raises
    ------
    HTTPException
        If there is none: 404.
    """
    file = (await run_in_threadpool(listing, folder)).get(name)
    if file is None:
        raise HTTPException(404)
    return FileResponse(file, headers={"cache-control": "no-cache", "content-type": TYPES[file.suffix]})


def without_font(style: Path) -> Response:
    """A style that asks for no font: where there is none, asking would leave an error on the console."""
    text = re.sub(r"@font-face\s*{[^}]*}", "", style.read_text(encoding="utf-8"))
    return Response(text, media_type="text/css", headers={"cache-control": "no-cache"})


def listing(folder: Path) -> dict[str, Path]:
    """Name and place of every file that may be served; links that lead out of the folder are not."""
    root = folder.resolve()
    return {
        file.relative_to(folder).as_posix(): file for file in folder.rglob("*")
        if file.suffix in TYPES and file.is_file() and file.resolve().is_relative_to(root)}
