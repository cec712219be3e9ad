"""Synthetic and imported populations: margins, stable draws, the rule about age, agents as views, errors."""

import re
from pathlib import Path
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from sim.errors import YiheError
from sim.network.builders import build_ties
from sim.network.parameters import TiesParameters
from sim.params import declared
from sim.population.agents import PartyMember, Resident, make_views
from sim.population.columns import Population
from sim.population.csv_import import read_csv
from sim.population.csv_table import TableError
from sim.population.households import household_table
from sim.population.parameters import PlacesParameters, PopulationParameters
from sim.population.synthesis import PERMUTABLE, permute_inputs, synthesize
from sim.rng import Streams
from sim.vocabulary import Kind, Motive, Position, Tenure

MARGINS = PopulationParameters()
FREE_OF_AGE = (
    "motive",
    "norm_intercept",
    "norm_slope",
    "interest",
    "attachment",
    "efficacy",
    "autonomy",
    "skill",
)


@pytest.fixture(scope="module")
def town() -> Population:
    return synthesize(PlacesParameters(communities=20), MARGINS, Streams(7))


def within(found: float, declared_share: float, n: int, design: float = 2.0) -> bool:
    """Inside a 4-sigma binomial interval (two-sided error 6e-5), widened for clustering in households."""
    return (
        abs(found - declared_share) < 4 * (design * declared_share * (1 - declared_share) / n) ** 0.5 + 1e-3
    )


def test_every_number_has_unit_range_source_and_grade() -> None:
    for block in (PlacesParameters, PopulationParameters, TiesParameters):
        numbers = list(declared(block))
        assert numbers
        for number in numbers:
            assert number.unit
            assert number.source
            assert number.ge < number.le


def test_households_can_meet_the_declared_margins_exactly() -> None:
    table = household_table(MARGINS)
    assert table.size == pytest.approx(MARGINS.household_size, rel=1e-3)
    assert np.abs(table.expected - MARGINS.age.band_shares()).max() < 5e-4


def test_sampled_margins_agree_with_the_declared_ones(town: Population) -> None:
    """21 comparisons at 6e-5 each: a false alarm in fewer than 0.2 % of seeds."""
    r = town.residents
    n = len(r.age)
    for band, share in enumerate(MARGINS.age.band_shares()):
        assert within(np.mean(np.minimum(r.age // 5, 16) == band), share, n), band
    homes = len(np.unique(r.dwelling))
    assert n / homes == pytest.approx(2.62, abs=4 * 1.4 / homes**0.5)
    assert n == pytest.approx(20_000, rel=0.03)
    assert within(np.mean(r.sex), 0.5, n)
    member = r.membership > 0
    assert within(member.sum() / (r.age >= 15).sum(), 0.086, int((r.age >= 15).sum()), 1.0)
    assert within(np.mean(r.age[member] >= 61), 0.281, int(member.sum()), 1.5)


def test_ids_are_unique_and_places_are_contiguous(town: Population) -> None:
    r, p = town.residents, town.places
    assert len(np.unique(r.key)) == len(r.key)
    assert (np.diff(r.dwelling) >= 0).all()
    for d in (0, 17, p.dwellings - 1):
        assert (r.dwelling[p.dwelling_first_resident[d] : p.dwelling_first_resident[d + 1]] == d).all()
    first, last = p.resident_range("grid")
    assert all((r.grid[a:b] == g).all() for g, (a, b) in enumerate(zip(first, last, strict=True)))


def test_nobody_under_18_has_hours_or_membership(town: Population) -> None:
    children = town.residents.age < 18
    assert children.any()
    assert (town.residents.free_hours[children] == 0).all()
    assert (town.residents.membership[children] == 0).all()


def test_inner_attributes_are_independent_of_age_and_position(town: Population) -> None:
    """Correlation below 4.5/√n for 8 columns and trust, by age and by each position: false alarm < 1e-3."""
    r = town.residents
    columns = [getattr(r, name).astype(float) for name in FREE_OF_AGE]
    columns += [r.trust(kind).astype(float) for kind in Kind]
    by = [r.age.astype(float)] + [(r.position == position).astype(float) for position in Position]
    for column in columns:
        for group in by:
            assert abs(np.corrcoef(column, group)[0, 1]) < 4.5 / len(column) ** 0.5
    assert abs(np.corrcoef(r.free_hours, r.age)[0, 1]) > 0.3


def test_permuting_inputs_removes_the_gradient_and_keeps_the_values(town: Population) -> None:
    mixed = permute_inputs(town, Streams(3)).residents
    adults = town.residents.age >= 18
    for name in PERMUTABLE:
        before, after = getattr(town.residents, name), getattr(mixed, name)
        assert np.array_equal(np.sort(before), np.sort(after))
        assert np.array_equal(before[~adults], after[~adults])
        correlation = np.corrcoef(after[adults].astype(float), town.residents.age[adults])[0, 1]
        assert abs(correlation) < 4.5 / adults.sum() ** 0.5
    rows = {tuple(row) for row in zip(*(getattr(town.residents, n)[adults] for n in PERMUTABLE), strict=True)}
    assert rows == {tuple(row) for row in zip(*(getattr(mixed, n)[adults] for n in PERMUTABLE), strict=True)}


def by_key(population: Population) -> dict[int, tuple[float, ...]]:
    r = population.residents
    names = [n for n in r._fields if n not in ("dwelling", "building", "grid", "community", "key")]
    columns = [getattr(r, name).reshape(len(r.key), -1) for name in names]
    table = np.hstack([column.astype(np.float64) for column in columns])
    return {int(key): tuple(row) for key, row in zip(r.key, table, strict=True)}


def test_another_community_or_building_changes_nobody() -> None:
    small = by_key(synthesize(PlacesParameters(communities=2, buildings=7), MARGINS, Streams(5)))
    more = by_key(synthesize(PlacesParameters(communities=3, buildings=7), MARGINS, Streams(5)))
    assert small.items() <= more.items()
    assert len(more) > len(small)
    units = PlacesParameters(communities=2, buildings=7, unit_buildings=1)
    assert small.items() <= by_key(synthesize(units, MARGINS, Streams(5))).items()


def test_same_seed_same_bytes_other_seed_other_people() -> None:
    a, b, c = (synthesize(PlacesParameters(), MARGINS, Streams(seed)).residents for seed in (1, 1, 2))
    assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
    assert not np.array_equal(a.key, c.key)


def test_unit_buildings_hold_daytime_employees_of_working_age() -> None:
    population = synthesize(PlacesParameters(unit_buildings=2), MARGINS, Streams(1))
    r, p = population.residents, population.places
    staff = r.daytime == 1
    assert staff.sum() == 100
    assert (p.building_units[r.building] == staff).all()
    assert not np.isin(r.position[staff], [Position.RETIRED, Position.HOMEMAKER, Position.STUDENT]).any()
    assert ((r.age[staff] >= 20) & (r.age[staff] < 60)).all()


def test_uneven_grids_add_up() -> None:
    places = synthesize(PlacesParameters(communities=3, grids_total=7, streets=2), MARGINS, Streams(1)).places
    assert places.grids == 7
    assert np.diff(places.community_first_grid).tolist() == [3, 2, 2]
    assert places.community_street.tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    "places", [PlacesParameters(buildings=1), PlacesParameters(communities=3, grids_total=2)]
)
def test_impossible_geometry_is_refused(places: PlacesParameters) -> None:
    with pytest.raises(YiheError) as caught:
        synthesize(places, MARGINS, Streams(1))
    assert caught.value.key


def test_motive_shares_are_the_published_ones(town: Population) -> None:
    found = np.bincount(town.residents.motive, minlength=4) / len(town.residents.motive)
    for motive, share in zip(Motive, (0.50, 0.30, 0.14, 0.06), strict=True):
        assert within(found[motive], share, len(town.residents.motive), 1.0)


# --- tables
# ---------------------------------------------------------------------------------------------------

TABLE = """id,age,grid,building,dwelling,position,tenure,health
a,67,一网格,1号楼,101,退休人员,业主,0.8
b,35,一网格,1号楼,101,worker,,
c,41,一网格,1号楼,102,,租户,0.5
d,9,二网格,2号楼,201,,,
"""


def load(tmp_path: Path, text: str, name: str = "people.csv") -> Population:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_csv(path, PlacesParameters(), MARGINS, Streams(1))


def test_table_is_read_with_terms_in_both_languages(tmp_path: Path) -> None:
    population = load(tmp_path, TABLE)
    r, p = population.residents, population.places
    assert population.names == ("a", "b", "c", "d")
    assert (p.communities, p.grids, p.buildings, p.dwellings) == (1, 2, 2, 3)
    assert r.position.tolist()[:2] == [Position.RETIRED, Position.WORKER]
    assert r.tenure[2] == Tenure.RENTER
    assert r.health[[0, 2]].tolist() == pytest.approx([0.8, 0.5])
    assert r.dwelling.tolist() == [0, 0, 1, 2]
    assert r.free_hours[3] == 0


def test_a_new_row_changes_nobody_else(tmp_path: Path) -> None:
    before = by_key(load(tmp_path, TABLE))
    lines = TABLE.splitlines()
    lines.insert(2, "e,88,一网格,1号楼,101,,,")
    lines.insert(1, "f,30,三网格,9号楼,1,,,")
    after = by_key(load(tmp_path, "\n".join(lines)))
    assert before.items() <= after.items()
    assert len(after) == len(before) + 2


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "id", 1),
        ("id,age\n", None, None),
        ("id,name\na,b\n", "age", 1),
        ("id,age,colour\na,3,red\n", "colour", 1),
        ("id,age\na,30\n\na,40\n", "id", 4),
        ("id,age\na,old\n", "age", 2),
        ("id,age\na,130\n", "age", 2),
        ("id,age,health\na,30,nan\n", "health", 2),
        ("id,age,position\na,30,king\n", "position", 2),
        ("id,age,grid,building\na,30,g1,b1\nb,31,g2,b1\n", "building", 3),
        ("id,age\na,30,5\n", None, 2),
    ],
)
def test_mistakes_are_named_with_place_and_mend(
    tmp_path: Path, text: str, key: str | None, line: int | None
) -> None:
    with pytest.raises(YiheError) as caught:
        load(tmp_path, text)
    assert (caught.value.key, caught.value.line) == (key, line)
    assert caught.value.file is not None
    assert caught.value.file.endswith("people.csv")


def test_every_mistake_of_a_table_is_kept_in_the_order_of_lines(tmp_path: Path) -> None:
    text = (
        "id,age,grid,building,health,position\na,30,g1,b1,2,worker\nb,old,g1,b1,0.5,king\na,130,g2,b1,,\n"
        "c,20,g1,b2\n,7,g1,b2,x,\n")
    with pytest.raises(TableError) as caught:
        load(tmp_path, text)
    error = caught.value
    places = [(one.line, one.key) for one in error.each]
    assert places == sorted(places, key=lambda place: place[0] or 0)
    assert set(places) == {
        (2, "health"), (3, "age"), (3, "position"), (4, "id"), (4, "building"), (4, "age"), (5, None),
        (6, "id"), (6, "health")}
    assert (error.line, error.key) == places[0]
    assert "另有 8 处问题" in error.zh
    assert "8 more after this" in error.en


def test_a_wrong_header_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        load(tmp_path, "age,colour,health,health\n1,2\n")
    assert [one.key for one in caught.value.each] == ["id", "colour", "health"]


def test_a_quote_left_open_is_told_in_words_of_our_own(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        load(tmp_path, 'id,age\na,200\n"b,30\n')
    first, second = caught.value.each
    assert (first.key, first.line, second.line) == ("age", 2, 3)
    assert "引号没有成对" in second.zh
    (tmp_path / "gbk.csv").write_bytes("id,age,building\na,30,一号楼\n".encode("gbk"))
    with pytest.raises(YiheError) as caught_too:
        read_csv(tmp_path / "gbk.csv", PlacesParameters(), MARGINS, Streams(1))
    for zh in (second.zh, caught_too.value.zh):
        assert not set(re.findall("[A-Za-z]{2,}", zh)) - {"UTF", "CSV"}, zh


def test_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(YiheError, match="找不到"):
        read_csv(tmp_path / "none.csv", PlacesParameters(), MARGINS, Streams(1))


# --- agents
# ---------------------------------------------------------------------------------------------------


def make_model(seed: int) -> mesa.Model:
    model = mesa.Model(rng=1)
    population = synthesize(PlacesParameters(), PopulationParameters(residents=60), Streams(seed))
    parts = SimpleNamespace(
        ties=build_ties(population, TiesParameters(), Streams(seed)), **population._asdict()
    )
    model.residents, model.places, model.ties = parts.residents, parts.places, parts.ties
    return model


def test_views_read_and_write_their_own_models_columns() -> None:
    one, two = make_model(1), make_model(2)
    views, others = make_views(one), make_views(two)
    agent = views[5]
    assert isinstance(agent.position, Position)
    assert agent.age == one.residents.age[5]
    untouched = others[5].efficacy
    agent.efficacy = 0.25
    agent.tenure = Tenure.RENTER
    assert one.residents.efficacy[5] == 0.25
    assert agent.tenure is Tenure.RENTER
    assert others[5].efficacy == untouched
    agent.trust_good[Kind.CORE], agent.trust_bad[Kind.CORE] = 3, 1
    assert agent.trust[Kind.CORE] == 0.75
    assert len(agent.trust) == len(Kind)
    for model in (one, two):
        mesa.Agent._ids.pop(model, None)


def test_views_cover_all_columns_types_and_contacts() -> None:
    model = make_model(1)
    views = make_views(model)
    columns = set(model.residents._fields)
    assert all(hasattr(Resident, name) for name in columns)
    for view in views:
        assert isinstance(view, PartyMember) == (model.residents.membership[view.row] > 0)
        contacts = view.contacts()
        assert (np.diff(contacts.astype(int)) > 0).all()
        assert all(view.row in views[i].contacts() for i in contacts)
    assert len(model.agents) == len(views)
    assert len({view.unique_id for view in views}) == len(views)
    mesa.Agent._ids.pop(model, None)
