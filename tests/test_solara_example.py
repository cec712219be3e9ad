"""The example for Mesa's own visualisation: its model and figures, without solara where that is missing."""

from __future__ import annotations

import importlib.util
import inspect
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.scenario.reading import loads
from sim.simulation import simulate

FILE = Path(__file__).parent.parent / "docs" / "examples" / "solara_app.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("solara_app", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_model_is_the_same_as_everywhere_else_and_stops_by_itself(example: ModuleType) -> None:
    """Stepped by hand, as the page does, it gives the series of a run of the same scenario and seed."""
    model = example.Neighbourhood(residents=150, festival=1.0, seed="3")
    for _ in range(model.scenario.weeks + 5):
        model.step()
    assert not model.running
    assert model.policy_week == model.scenario.weeks
    text = example.SCENARIO.format(regime="one_core", residents=150, atomisation=0.2, festival=1.0)
    series = simulate(loads(text), 3).series
    for name in example.SHOWN:
        np.testing.assert_array_equal(model.recorder.series[name], series[name])


def test_every_widget_is_a_number_the_model_takes_and_every_slider_end_is_allowed(
    example: ModuleType,
) -> None:
    taken = set(inspect.signature(example.Neighbourhood.__init__).parameters) - {"self"}
    assert set(example.PARAMETERS) == taken
    sliders = {name: widget for name, widget in example.PARAMETERS.items() if "min" in widget}
    assert len(sliders) == 3
    for end in ("min", "max"):
        loads(example.SCENARIO.format(
            regime="one_core", **{name: widget[end] for name, widget in sliders.items()}))
    for regime in example.PARAMETERS["regime"]["values"]:
        loads(example.SCENARIO.format(regime=regime, residents=150, atomisation=0.2, festival=0.5))


def test_the_share_of_a_building_is_counted_among_its_adults(example: ModuleType) -> None:
    model = example.Neighbourhood(residents=150)
    for _ in range(20):
        model.step()
    people, found = model.residents, example.taking_part(model)
    for building in range(model.places.buildings):
        adults = [i for i in range(len(people.key))
                  if people.building[i] == building and people.age[i] >= 18 and people.present[i]]
        recent = sum(model.week - people.last_any[i] <= 52 for i in adults)
        assert found[building] == recent / len(adults) if adults else np.isnan(found[building])
    assert np.nanmax(found) > 0


def test_no_two_buildings_stand_in_one_spot(example: ModuleType) -> None:
    model = example.Neighbourhood(residents=600)
    x, y = example.spots(model)
    assert len({*zip(x, y, strict=True)}) == model.places.buildings > 1


@pytest.mark.parametrize("weeks", [0, 30])
def test_figures_show_the_model_and_the_mark(example: ModuleType, weeks: int) -> None:
    model = example.Neighbourhood(residents=150)
    for _ in range(weeks):
        model.step()
    buildings, curves = example.map_figure(model), example.curves_figure(model)
    for figure in (buildings, curves):
        assert any("未经校准" in text.get_text() for text in figure.texts)
        figure.canvas.draw()
    assert len(buildings.axes[0].collections[0].get_offsets()) == model.places.buildings
    assert [len(ax.lines[0].get_xdata()) for ax in curves.axes] == [weeks, weeks]
    assert [len(ax.lines) for ax in curves.axes] == [2, 2]  # the curve, and the start of the festival


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_page_is_made_where_solara_is_there(example: ModuleType) -> None:
    """Without a browser: both figures are drawn, and nothing goes wrong on the way."""
    solara = pytest.importorskip("solara")
    drawn = list[str]()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("map_figure", "curves_figure"):
            patch.setattr(example, name, lambda model, name=name: drawn.append(name) or Figure())
        _, rendered = solara.render(example.app(), handle_error=False)
        rendered.close()
    assert {*drawn} == {"map_figure", "curves_figure"}
