"""A community in Mesa's own visualisation: buildings in their grids, and two curves, week by week.

Illustrative, uncalibrated. Show it with ``solara run docs/examples/solara_app.py``, after ``pip install
"yihe[report]" "mesa[viz]>=3.3.1,<4" "ipyvuetify<2"``. Solara fetches its scripts from a network; without one
it needs the package ``solara-assets`` as well. Everything but :func:`app` works without solara.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from sim.model import CommunityModel
from sim.outcomes import OUTCOMES
from sim.report.html.font import face
from sim.report.style import look, make_figure, percent_axis
from sim.scenario.reading import loads
from sim.vocabulary import Regime

if TYPE_CHECKING:
    import numpy.typing as npt

MARK = "示意性，未经校准 · illustrative, uncalibrated"
YEAR = 52
ADULT = 18
SHOWN = ("participation_52", "latent_disputes")
COLORS = ("#0072B2", "#D55E00")
ACROSS = 3
"""Buildings in a row of a grid."""

INCHES = (4.6, 4.4)
"""Of a figure: the page shows two side by side, each scaled to half of its width."""

SCENARIO = """
yihe: 1
name: solara
title: {{zh: 可视化示例, en: "an example to look at"}}
weeks: 104
warmup: 4
regime: {regime}
population: {{residents: {residents}}}
ties: {{atomisation: {atomisation}}}
policies: [{{kind: neighbour_festival, start: 26, intensity: {festival}}}]
"""

PARAMETERS: dict[str, Any] = {
    "regime": {
        "type": "Select", "value": "one_core", "values": [regime.key for regime in Regime],
        "label": "协调方式 · regime"},
    "residents": {
        "type": "SliderInt", "value": 600, "min": 100, "max": 3000, "step": 100, "label": "居民 · residents"},
    "atomisation": {
        "type": "SliderFloat", "value": 0.2, "min": 0.0, "max": 0.6, "step": 0.1,
        "label": "原子化 · atomisation"},
    "festival": {
        "type": "SliderFloat", "value": 1.0, "min": 0.0, "max": 1.0, "step": 0.1,
        "label": "邻里节力度 · intensity of the festival"},
    "seed": {"type": "InputText", "value": "1", "label": "种子 · seed"},
}
"""Widgets of the page, by the names of what :class:`Neighbourhood` takes."""


class Neighbourhood(CommunityModel):
    """A community made from a few numbers, as Mesa's visualisation asks for; it stops by itself.

    Parameters
    ----------
    regime : str
    residents : int
    atomisation : float
        Share of ties that are left out.
    festival : float
        Intensity of a neighbour festival from week 26 on; 0 for none.
    seed : int or str
    """

    def __init__(
        self, regime: str = "one_core", residents: int = 600, atomisation: float = 0.2, festival: float = 1.0,
        seed: int | str = 1,
    ) -> None:
        text = SCENARIO.format(
            regime=regime, residents=int(residents), atomisation=float(atomisation), festival=float(festival))
        super().__init__(loads(text), int(seed))
        self.warm_up()

    def step(self) -> None:
        """One week; none after the last."""
        if self.policy_week < self.scenario.weeks:
            super().step()
        self.running = self.policy_week < self.scenario.weeks


def taking_part(model: CommunityModel) -> npt.NDArray[np.float64]:
    """Share of each building's adults who took part in the last 52 weeks, (B,); NaN where none live."""
    people, n = model.residents, model.places.buildings
    adult = (people.age >= ADULT) & (people.present > 0)
    recent = adult & (model.week - people.last_any <= YEAR)
    adults = np.bincount(people.building[adult], minlength=n)
    share = np.full(n, np.nan)
    return np.divide(np.bincount(people.building[recent], minlength=n), adults, out=share, where=adults > 0)


def spots(model: CommunityModel) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Where each building stands, (B,) and (B,): grids side by side, buildings in rows."""
    places = model.places
    first, grid = places.grid_first_building, places.building_grid
    place = np.arange(places.buildings) - first[grid]
    return grid * (ACROSS + 1.0) + place % ACROSS, -(place // ACROSS).astype(float)


def map_figure(model: CommunityModel) -> Figure:
    """Buildings in their grids: the larger, the more people; the darker, the more of them took part."""
    here = model.residents.building[model.residents.present > 0]
    people = np.bincount(here, minlength=model.places.buildings)
    x, y = spots(model)
    title = f"楼栋：年参与率，第 {model.policy_week} 周\nBuildings: took part within 52 weeks"
    with look():
        figure = make_figure(INCHES[1], title, MARK, width=INCHES[0])
        ax = figure.add_subplot()
        dots = ax.scatter(
            x, y, s=20.0 + 520.0 * people / max(people.max(), 1), c=100.0 * taking_part(model), marker="s",
            cmap="cividis_r", vmin=0, vmax=100, edgecolors="#222222", linewidths=0.5, plotnonfinite=True)
        ax.set_axis_off()
        ax.margins(0.12, 0.35)
        figure.colorbar(dots, ax=ax, label="%", location="bottom", shrink=0.8)
    return figure


def curves_figure(model: CommunityModel) -> Figure:
    """Weekly series since the end of the warm-up, with the start of the festival marked."""
    done = model.recorder.at
    with look():
        figure = make_figure(INCHES[1], "逐周 · Week by week", MARK, width=INCHES[0])
        for ax, name, color in zip(figure.subplots(len(SHOWN), 1), SHOWN, COLORS, strict=True):
            # The last week is marked: a line of one point would not be seen
            ax.plot(np.arange(done), model.recorder.series[name][:done], color=color, marker="o",
                    markersize=4, markevery=[done - 1] if done else [])
            ax.set_title(f"{OUTCOMES[name].label.zh} · {OUTCOMES[name].label.en}", fontsize=7)
            ax.set_xlim(0, model.scenario.weeks)
            ax.set_ylim(bottom=0)
            for policy in model.policies:
                if policy.intensity > 0:
                    ax.axvline(policy.start, color="#6b6b6b", linestyle=":", linewidth=0.8)
            if OUTCOMES[name].unit.startswith("share"):
                percent_axis(ax)
                ax.set_ylabel("%")
    return figure


def app() -> Any:
    """The page; needs solara."""
    import solara
    from mesa.visualization import SolaraViz
    from mesa.visualization.utils import update_counter

    name = "一核 yihe · Mesa"
    # The page's own type has no Chinese, and not every machine has a font that does
    style = face(name + "".join(widget["label"] for widget in PARAMETERS.values())) + (
        '.v-application { font-family: Roboto, "Yihe SC", sans-serif !important }')

    @solara.component
    def buildings(model: CommunityModel) -> None:
        update_counter.get()
        solara.Style(style)
        solara.FigureMatplotlib(map_figure(model), format="png")

    @solara.component
    def curves(model: CommunityModel) -> None:
        update_counter.get()
        solara.FigureMatplotlib(curves_figure(model), format="png")

    return SolaraViz(
        Neighbourhood(), components=[(buildings, 0), (curves, 0)], model_params=PARAMETERS,
        name=name)


if "solara" in sys.modules:
    page = app()
    """What ``solara run`` looks for."""
