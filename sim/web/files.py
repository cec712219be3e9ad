"""The page's own files: what may be served, and as what."""

from __future__ import annotations

import re
from pathlib import Path

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


class PageFiles:
    """The files of one folder, looked up in its listing and so never outside it.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._listing: dict[str, Path] = {}

    def find(self, name: str) -> Path:
        """One file; the folder is listed again for one that was not there.

        Raises
        ------
        HTTPException
            If there is none: 404.
        """
        if name not in self._listing:
            self._listing = listing(self._folder)
        if name not in self._listing or not self._listing[name].is_file():
            raise HTTPException(404)
        return self._listing[name]

    def file(self, name: str) -> Response:
        """A file as it is."""
        found = self.find(name)
        return FileResponse(found, headers={"cache-control": "no-cache", "content-type": TYPES[found.suffix]})

    def page(self) -> Response:
        """The page, told of all its modules at once: else a browser finds them one import after the other."""
        text = self.find("index.html").read_text(encoding="utf-8")
        links = "".join(
            f'<link rel="modulepreload" href="static/{name}">\n' for name in sorted(self._listing)
            if name.startswith("js/") and name.endswith(".js"))
        return Response(
            text.replace("</head>", f"{links}</head>", 1), media_type=TYPES[".html"],
            headers={"cache-control": "no-cache"})


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
