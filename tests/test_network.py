"""Ties: shape, locality, nesting, neutral homophily, textbook graphs, files."""

from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from sim.errors import YiheError
from sim.network.builders import _class_shares, age_classes, build_ties, erdos_renyi, watts_strogatz
from sim.network.interchange import read_ties, to_networkx, write_graphml
from sim.network.kernels import jump
from sim.network.metrics import clustering, degree_summary, degrees, tie_density
from sim.network.parameters import TiesParameters
from sim.network.ties import Ties
from sim.population.columns import Population
from sim.population.csv_import import read_csv
from sim.population.parameters import PlacesParameters, PopulationParameters
from sim.population.synthesis import synthesize
from sim.rng import Streams
from sim.vocabulary import Layer, Position, Tenure

MARGINS = PopulationParameters()


@pytest.fixture(scope="module")
def town() -> Population:
    return synthesize(PlacesParameters(communities=10, unit_buildings=1), MARGINS, Streams(7))


@pytest.fixture(scope="module")
def ties(town: Population) -> Ties:
    return build_ties(town, TiesParameters(), Streams(7))


def pairs(ties: Ties, key: np.ndarray) -> set[tuple[int, int, int, int]]:
    row = np.repeat(np.arange(len(key)), np.diff(ties.first))
    ends = zip(
        key[row].tolist(),
        key[ties.neighbour].tolist(),
        ties.layer.tolist(),
        ties.weight.tolist(),
        strict=True,
    )
    return set(ends)


def check_shape(ties: Ties, n: int) -> None:
    row = np.repeat(np.arange(n), np.diff(ties.first))
    assert len(ties.first) == n + 1
    assert (row != ties.neighbour).all()
    same_row = np.diff(row) == 0
    assert (np.diff(ties.neighbour.astype(np.int64))[same_row] > 0).all()
    forth = set(
        zip(row.tolist(), ties.neighbour.tolist(), ties.weight.tolist(), ties.layer.tolist(), strict=True)
    )
    assert {(j, i, w, layer) for i, j, w, layer in forth} == forth


@pytest.mark.parametrize("builder", ["community", "erdos_renyi", "watts_strogatz", "none"])
def test_every_builder_gives_symmetric_sorted_rows_without_self_ties(builder: str) -> None:
    population = synthesize(PlacesParameters(unit_buildings=1), MARGINS, Streams(2))
    built = build_ties(population, TiesParameters.model_validate({"builder": builder}), Streams(2))
    check_shape(built, len(population.residents.key))
    assert (len(built.neighbour) == 0) == (builder == "none")


def test_layers_tie_whom_they_should(town: Population, ties: Ties) -> None:
    r = town.residents
    row = np.repeat(np.arange(len(r.key)), np.diff(ties.first))
    other = ties.neighbour
    for layer in (Layer.HOUSEHOLD, Layer.BUILDING, Layer.FRIENDSHIP, Layer.WORK):
        assert (ties.layer == layer).any()
    home = r.dwelling[row] == r.dwelling[other]
    assert (home[ties.layer == Layer.HOUSEHOLD]).all()
    building = ties.layer == Layer.BUILDING
    assert (r.building[row] == r.building[other])[building].all()
    beyond = ties.layer != Layer.HOUSEHOLD
    assert (r.age[row][beyond] >= 18).all()
    friends = ties.layer == Layer.FRIENDSHIP
    assert (r.community[row] == r.community[other])[friends].all()
    work = ties.layer == Layer.WORK
    branch = (r.membership[row] > 0) & (r.membership[other] > 0) & (r.grid[row] == r.grid[other])
    assert (branch | ((r.daytime[row] == 1) & home))[work].all()


def test_long_stay_brings_neighbours_and_renting_fewer(town: Population, ties: Ties) -> None:
    """Differences of about one tie against standard errors below 0.1: error rate < 1e-6."""
    r = town.residents
    known = degrees(ties, Layer.BUILDING)
    adult = (r.age >= 18) & (r.daytime == 0)
    owner = adult & (r.tenure == Tenure.OWNER)
    assert known[owner & (r.stay > 8)].mean() > known[owner & (r.stay < 3)].mean() + 0.5
    assert known[owner].mean() > known[adult & (r.tenure == Tenure.RENTER)].mean() + 0.5


def test_friends_are_alike_yet_no_age_or_position_has_fewer(town: Population, ties: Ties) -> None:
    """Group means within 4.5 standard errors of the overall mean (12 groups: error rate < 1e-4)."""
    r = town.residents
    friends = degrees(ties, Layer.FRIENDSHIP)
    adult = (r.age >= 18) & (r.daytime == 0)
    mean, spread = friends[adult].mean(), friends[adult].std()
    groups = [
        (r.age >= low) & (r.age < high) for low, high in ((18, 30), (30, 45), (45, 60), (60, 75), (75, 99))
    ]
    groups += [r.position == position for position in Position]
    for group in groups:
        size = (group & adult).sum()
        assert abs(friends[group & adult].mean() - mean) < 4.5 * spread * (2 / size) ** 0.5
    row = np.repeat(np.arange(len(r.key)), np.diff(ties.first))
    gap = np.abs(r.age[row].astype(int) - r.age[ties.neighbour])[ties.layer == Layer.FRIENDSHIP].mean()
    neutral = build_ties(town, TiesParameters(homophily=0), Streams(7))
    row = np.repeat(np.arange(len(r.key)), np.diff(neutral.first))
    wide = np.abs(r.age[row].astype(int) - r.age[neutral.neighbour])[neutral.layer == Layer.FRIENDSHIP].mean()
    assert gap < wide - 1


def test_homophily_is_balanced_for_every_class_of_age_and_position() -> None:
    shares = _class_shares(MARGINS.age, MARGINS.position)
    accept = age_classes(MARGINS, 0.6)
    assert np.abs(accept @ shares - 1).max() < 1e-3
    assert accept[0, 0] > 1.2 * accept[0, -1]
    assert np.allclose(accept, accept.T)


def test_raising_atomisation_only_removes_building_and_friendship_ties(town: Population) -> None:
    key = town.residents.key
    sets = [pairs(build_ties(town, TiesParameters(atomisation=a), Streams(7)), key) for a in (0, 0.3, 0.7, 1)]
    ends = [{(a, b) for a, b, _, _ in s} for s in sets]
    assert ends[3] < ends[2] < ends[1] < ends[0]
    assert {s[2] for s in sets[3]} == {Layer.HOUSEHOLD, Layer.WORK}
    building = [sum(s[2] == Layer.BUILDING for s in x) for x in sets]
    assert building[1] / building[0] == pytest.approx(0.7, abs=0.03)


def test_removing_one_resident_changes_no_other_tie(town: Population, ties: Ties) -> None:
    r, p = town.residents, town.places
    gone = int(np.argmax(degrees(ties)))
    keep = np.arange(len(r.key)) != gone
    first = p.dwelling_first_resident - (np.arange(p.dwellings + 1) > r.dwelling[gone]).astype(np.int32)
    fewer = town._replace(
        places=p._replace(dwelling_first_resident=first),
        residents=type(r)(*(column[keep] for column in r)),
    )
    after = pairs(build_ties(fewer, TiesParameters(), Streams(7)), fewer.residents.key)
    lost = int(r.key[gone])
    assert after == {tie for tie in pairs(ties, r.key) if lost not in tie[:2]}


def test_another_community_changes_no_tie() -> None:
    def of(communities: int) -> set[tuple[int, int, int, int]]:
        population = synthesize(PlacesParameters(communities=communities), MARGINS, Streams(3))
        return pairs(build_ties(population, TiesParameters(), Streams(3)), population.residents.key)

    assert of(1) < of(2)


def test_one_more_dwelling_moves_few_searches() -> None:
    keys = np.arange(1, 4001, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    before = np.array([jump(key, 100) for key in keys])
    after = np.array([jump(key, 101) for key in keys])
    assert (after[before != after] == 100).all()
    assert (before != after).mean() == pytest.approx(1 / 101, abs=0.01)
    assert np.bincount(before, minlength=100).min() > 10


def test_random_graph_has_poisson_degrees() -> None:
    """Mean within 4 standard errors; variance equals the mean within 10 % (5 s.e. at n = 5,000)."""
    n, mean = 5000, 4.0
    summary = degree_summary(erdos_renyi(n, mean, Streams(1)))
    assert summary.mean == pytest.approx(mean, abs=4 * (2 * mean / n) ** 0.5)
    assert summary.variance == pytest.approx(mean, rel=0.1)
    assert summary.isolated == pytest.approx(0.0183, abs=0.008)
    check_shape(erdos_renyi(50, 49, Streams(1)), 50)
    assert degree_summary(erdos_renyi(50, 49, Streams(1))).mean == 49
    assert degree_summary(erdos_renyi(1, 4, Streams(1))).mean == 0
    assert len(erdos_renyi(10, 0, Streams(1)).neighbour) == 0


def test_ring_clusters_until_rewired() -> None:
    ring = watts_strogatz(1000, 6, 0.0, Streams(1))
    assert (np.diff(ring.first) == 6).all()
    assert clustering(ring) == pytest.approx(0.6)
    assert clustering(watts_strogatz(1000, 6, 1.0, Streams(1))) < 0.05


def test_metrics_agree_with_networkx(town: Population, ties: Ties) -> None:
    graph = to_networkx(town, ties)
    assert graph.number_of_edges() == len(ties.neighbour) // 2
    some = [str(i) for i in np.flatnonzero(np.diff(ties.first) >= 2)]
    assert clustering(ties, sample=10**6) == pytest.approx(nx.average_clustering(graph, some))
    household = int(degrees(ties, Layer.HOUSEHOLD).sum())
    assert tie_density(ties) == pytest.approx((len(ties.neighbour) - household) / len(town.residents.key))


# --- files
# ----------------------------------------------------------------------------------------------------


def write(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_edge_list_is_read_and_the_stronger_tie_kept(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", "source,target,weight,layer\na,b,3,同楼\nb,a,5,friendship\nc,a,,\n")
    read = read_ties(path, ("a", "b", "c"))
    check_shape(read, 3)
    assert read.first.tolist() == [0, 2, 3, 4]
    assert read.neighbour.tolist() == [1, 2, 0, 0]
    assert read.weight.tolist() == [5, 1, 5, 1]
    assert set(read.layer.tolist()) == {Layer.FRIENDSHIP}


def test_graphml_survives_the_round_trip(tmp_path: Path) -> None:
    population = synthesize(PlacesParameters(), PopulationParameters(residents=80), Streams(1))
    built = build_ties(population, TiesParameters(), Streams(1))
    write_graphml(tmp_path / "t.graphml", population, built)
    names = tuple(str(i) for i in range(len(population.residents.key)))
    again = read_ties(tmp_path / "t.graphml", names)
    assert all(np.array_equal(x, y) for x, y in zip(built, again, strict=True))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.csv", "source,target\na,x\ny,z\nw,a\n", "“x”、“y”、“z”等 4 人"),
        ("t.csv", "from,to\na,b\n", "缺少“source”列"),
        ("t.csv", "source,target\na,a\n", "与自己相连"),
        ("t.csv", "source,target,weight\na,b,0\n", "权重“0”无效"),
        ("t.csv", "source,target,layer\na,b,love\n", "不认识关系层“love”"),
        ("t.graphml", "<graphml><oops", "无法读取网络文件"),
    ],
)
def test_mistakes_in_network_files_are_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(YiheError, match=says):
        read_ties(write(tmp_path, name, text), ("a", "b"))


def test_missing_network_file_and_nameless_population_are_refused(tmp_path: Path, town: Population) -> None:
    with pytest.raises(YiheError, match="找不到"):
        read_ties(tmp_path / "none.csv", ("a",))
    path = write(tmp_path, "t.csv", "source,target\na,b\n")
    with pytest.raises(YiheError, match="没有编号"):
        build_ties(town, TiesParameters(file=str(path)), Streams(1))


def test_with_a_network_file_a_new_row_changes_no_tie_even_when_thinned(tmp_path: Path) -> None:
    people = [f"p{i},{20 + i % 60},g{i % 3},b{i % 6},d{i // 2}" for i in range(120)]
    edges = "source,target\n" + "".join(
        f"p{i},p{(i * 7 + 1) % 120}\n" for i in range(1, 120) if i != (i * 7 + 1) % 120
    )
    path = write(tmp_path, "t.csv", edges)
    parameters = TiesParameters(file=str(path), atomisation=0.4)

    def of(rows: list[str]) -> set[tuple[int, int, int, int]]:
        table = write(tmp_path, "p.csv", "id,age,grid,building,dwelling\n" + "\n".join(rows))
        population = read_csv(table, PlacesParameters(), MARGINS, Streams(1))
        return pairs(build_ties(population, parameters, Streams(1)), population.residents.key)

    before = of(people)
    assert 0 < len(before) < 2 * 119
    assert of([*people[:50], "new,44,g0,b0,d0", *people[50:]]) == before
