"""Assembles the server: creates the ASGI app from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from anyio import to_thread
from fastapi import Depends, FastAPI, Request
from starlette.types import ASGIApp

from sync_server import refused_requests
from sync_server.access.bursts import Bursts
from sync_server.access.refusals import Refusals
from sync_server.access.sign_in.attempts import Attempts
from sync_server.access.sign_in.secret_box import SecretBox
from sync_server.api import health, photos
from sync_server.api import router as api
from sync_server.api.photo_intake import PhotoIntake
from sync_server.database import schema
from sync_server.database.transactions import open_engine
from sync_server.deps import SESSION_COOKIE
from sync_server.http import error_handlers, static_files
from sync_server.http.browser_guard import BrowserGuard, check_origin
from sync_server.http.lanes import PAGES, Lanes
from sync_server.http.memory import Memory
from sync_server.http.pace import Paced
from sync_server.maintenance import orphans
from sync_server.maps import tile_file
from sync_server.maps.tile_file import TileFile
from sync_server.pages import phone_app, problem_page
from sync_server.pages import router as pages
from sync_server.pages.devices import unsent_page
from sync_server.pages.map import tiles
from sync_server.photos.service import PhotoService
from sync_server.settings import Settings
from sync_server.unsent.intake import Intake
from sync_server.unsent.office_key import OfficeKeyFile
from sync_server.vault.counts import VisitIndex


class Anlan(FastAPI):
    """FastAPI with BrowserGuard as the outermost middleware, so that crash responses have its headers too."""

    def build_middleware_stack(self) -> ASGIApp:
        settings: Settings = self.state.settings
        pushes = self.state.lanes.pushes
        paced = Paced(
            super().build_middleware_stack(),
            SESSION_COOKIE,
            settings.requests_per_second,
            busy=lambda: pushes.inside > 0,
        )
        return BrowserGuard(paced, settings.tiles_url)


def create_app(settings: Settings) -> FastAPI:
    """Create the app of one deployment; opens its database and migrates it to the current schema."""
    ground = TileFile(settings.tiles_file) if settings.tiles_file else None
    if ground:
        settings = _with_tiles(settings, ground)
    engine = open_engine(settings.database_url)
    schema.migrate(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = PAGES
        yield
        app.state.lanes.close()
        app.state.refusals.close()
        if ground:
            ground.close()
        engine.dispose()

    app = Anlan(
        title="Anlan",
        openapi_url=None,
        lifespan=lifespan,
        dependencies=[Depends(_same_site)],
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.tile_file = ground
    app.state.engine = engine
    app.state.attempts = Attempts(engine)
    app.state.secret_box = SecretBox(settings.second_factor_key)
    app.state.office_key = OfficeKeyFile(settings.office_key)
    app.state.refusals = Refusals(engine)
    app.state.bursts = Bursts(settings.burst_factor)
    app.state.lanes = Lanes()
    app.state.visit_index = VisitIndex()
    app.state.memory = Memory()
    app.state.photos = PhotoService.in_folder(settings.photos)
    orphans.delete_orphans(engine, app.state.photos)
    app.state.photo_intake = PhotoIntake(engine, app.state.photos)
    app.state.unsent_intake = Intake(engine, app.state.bursts, app.state.photo_intake.take, settings.keys)
    for path, method, endpoint, _ in photos.PLAIN_ROUTES:
        app.add_route(f"{api.PREFIX}{path}", endpoint, methods=[method])
    for router in (api.router, phone_app.router, health.router, tiles.router, pages.router):
        app.include_router(router)
    app.mount("/app", phone_app.PhoneAppFiles(settings.phone_web, settings.tiles_url))
    app.mount("/static", static_files.PageFiles())
    files = {unsent_page.PATH: unsent_page.MOST_BYTES}
    error_handlers.install(app, problem_page.shown, refused_requests.note, SESSION_COOKIE, files)
    return app


async def _same_site(request: Request) -> None:
    check_origin(request.method, request.headers, request.app.state.settings.public_url)


def _with_tiles(settings: Settings, file: TileFile) -> Settings:
    """The settings with the tiles of a file of this machine."""
    said = file.tiles
    attribution = settings.tiles_attribution or said.attribution
    return replace(settings, tiles_url=tile_file.URL, tiles_attribution=attribution, tiles_zoom=said.max_zoom)
