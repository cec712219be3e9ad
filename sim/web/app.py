"""The page's server: static files, what the page needs to start, and whole runs on demand.

A request names everything that makes its runs and gets their recordings; no model outlives its request, so
no two browsers share one. (Workers keep warm-ups, which depend on nothing but the scenario and the seed, and
every run begins with a copy.) A browser that leaves takes its runs with it.

======================  ===============================================================================
``GET /``               the page
``GET /static/…``       its scripts, styles and font
``GET /api/start``      scenarios, policies, sliders, limits (:mod:`sim.web.start`)
``GET /api/scenario``   ``?file=``: one scenario, checked, with the full settings of its arms
``GET /api/policy``     ``?kind=``: everything there is to say about a policy
``GET /api/ready``      whether a worker has warmed up: the very first time kernels are compiled
``POST /api/compare``   two recordings of the same seed (:mod:`sim.web.asked`), in frames
                        (:mod:`sim.web.pair`); with ``first``, so many weeks before all
``POST /api/hundred``   the same over many seeds, a line of JSON each (:mod:`sim.web.hundred`)
======================  ===============================================================================

Errors are JSON: ``zh``, ``en``, ``key``, with status 400 (wrong), 403 (who asks), 404, 405, 408, 413 (too
much), 415, 429 (too many wait), 500 (a fault of ours) or 503 (took too long, or its process was lost).
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.errors import YiheError
from sim.web.guard import HEADERS, Guard, json_response, refused
from sim.web.limits import FAULT
from sim.web.server import Server
from sim.web.settings import Settings


def make_app(settings: Settings) -> Starlette:
    """The application.

    Parameters
    ----------
    settings : Settings
    """
    server = Server(settings)
    app = Starlette(
        routes=[
            Route("/", server.page),
            Route("/static/{name:path}", server.static),
            Route("/api/start", server.start),
            Route("/api/scenario", server.scenario),
            Route("/api/policy", server.policy),
            Route("/api/ready", server.ready),
            Route("/api/compare", server.compare, methods=["POST"]),
            Route("/api/hundred", server.hundred, methods=["POST"]),
        ],
        middleware=[Middleware(Guard, door=settings.door, body=settings.limits.body)],
        exception_handlers={YiheError: _mistake, HTTPException: _http, Exception: _fault},
        lifespan=server.lifespan,
    )
    app.state.server = server
    return app


async def _mistake(request: Request, error: Exception) -> Response:
    assert isinstance(error, YiheError)
    return refused(error)


_SAID = {
    404: ("没有这个地址", "there is nothing at this address"),
    405: ("这个地址不接受这种请求", "this address does not take that kind of request"),
}


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    zh, en = _SAID.get(error.status_code, (str(error.detail), str(error.detail)))
    answer = json_response({"zh": zh, "en": en, "key": None}, error.status_code)
    answer.headers.update(error.headers or {})
    return answer


async def _fault(request: Request, error: Exception) -> Response:
    # Raised again once this is sent, so that the traceback reaches the terminal
    answer = json_response(FAULT, 500)
    answer.headers.update(HEADERS)  # made outside of the guard
    return answer
