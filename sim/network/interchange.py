"""Ties from and to files: GraphML, CSV edge lists and networkx."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sim.errors import YiheError
from sim.network.assembly import from_pairs
from sim.network.ties import NO_ONE, Ties
from sim.population.columns import Population
from sim.vocabulary import Layer, Membership, Position, Sex, Tenure, Term

if TYPE_CHECKING:
    import networkx as nx

_TERMS: dict[str, type[Term]] = {"sex": Sex, "tenure": Tenure, "position": Position, "membership": Membership}
_FIXED = (Layer.HOUSEHOLD, Layer.BUILDING, Layer.FRIENDSHIP, Layer.WORK)


class _Edge(NamedTuple):
    source: str
    target: str
    weight: str
    layer: str
    line: int | None


def read_ties(path: str | Path, names: tuple[str, ...]) -> Ties:
    """Ties between named residents from GraphML (``.graphml``, ``.xml``) or a CSV edge list.

    Parameters
    ----------
    path : path
        CSV needs columns ``source`` and ``target``; ``weight`` (1 to 255, default 1) and ``layer`` (key,
        Chinese or English name, default friendship) may follow. GraphML carries the same as node ids and edge
        data. Direction is ignored; a pair given twice keeps the greater weight.
    names : tuple of str
        Residents' ids in column order.

    Returns
    -------
    Ties

    Raises
    ------
    YiheError
        Unreadable file, missing column, unknown residents, a tie with oneself, a bad weight or layer.
    """
    path = Path(path)
    if not path.is_file():
        raise YiheError(
            "找不到网络文件；请检查路径。", "there is no such network file; check the path.", file=path
        )
    if not names:
        raise YiheError(
            "网络文件按居民编号连线，而合成人口没有编号；请同时给出人口 CSV。",
            "a network file names residents by id, which synthetic ones lack; give a population CSV too.",
            file=path,
        )
    read = _read_graphml if path.suffix.lower() in (".graphml", ".xml") else _read_edge_list
    edges = list(read(path))
    index = {name: i for i, name in enumerate(names)}
    _refuse_unknown(path, edges, index)
    weights = np.array([_weight(path, edge) for edge in edges], np.uint8)
    layers = np.array([_layer(path, edge) for edge in edges], np.uint8)
    a = np.array([index[edge.source] for edge in edges], np.int64)
    b = np.array([index[edge.target] for edge in edges], np.int64)
    return from_pairs(len(names), a, b, weights, layers)


def _read_edge_list(path: Path) -> Iterator[_Edge]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            header = reader.fieldnames or []
            for name in ("source", "target"):
                if name not in header:
                    raise YiheError(
                        f"缺少“{name}”列；请在表头加上。",
                        f"column “{name}” is missing; add it to the header.",
                        file=path,
                        key=name,
                        line=1,
                    )
            for row in reader:
                source, target, weight, layer = (
                    (row.get(name) or "").strip() for name in ("source", "target", "weight", "layer")
                )
                yield _Edge(source, target, weight, layer, reader.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise _unreadable(path, problem) from problem


def _read_graphml(path: Path) -> Iterator[_Edge]:
    import networkx as nx  # heavy: only when a GraphML file is named

    try:
        graph = nx.read_graphml(path)
    except Exception as problem:  # networkx and the XML parser raise many kinds for one mistake
        raise _unreadable(path, problem) from problem
    for source, target, data in graph.edges(data=True):
        yield _Edge(str(source), str(target), str(data.get("weight", "")), str(data.get("layer", "")), None)


def _unreadable(path: Path, problem: Exception) -> YiheError:
    return YiheError(
        f"无法读取网络文件（{problem}）；请存为 GraphML 或 UTF-8 编码的 CSV。",
        f"cannot read the network file ({problem}); save it as GraphML or as CSV in UTF-8.",
        file=path,
    )


def _refuse_unknown(path: Path, edges: list[_Edge], index: dict[str, int]) -> None:
    unknown: dict[str, int | None] = {}
    for edge in edges:
        for end in (edge.source, edge.target):
            if end not in index:
                unknown.setdefault(end, edge.line)
        if edge.source == edge.target:
            raise YiheError(
                f"居民“{edge.source}”与自己相连；请删去此行。",
                f"resident “{edge.source}” is tied to themselves; remove the tie.",
                file=path,
                line=edge.line,
            )
    if unknown:
        some = "、".join(f"“{name}”" for name in list(unknown)[:3])
        more_zh = f"等 {len(unknown)} 人" if len(unknown) > 3 else ""
        more_en = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
        raise YiheError(
            f"网络提到人口中没有的居民：{some}{more_zh}；请改正编号或在人口表中补上。",
            f"the network names residents not in the population: {some.replace('、', ', ')}{more_en}; "
            "correct the ids or add the residents.",
            file=path,
            line=next(iter(unknown.values())),
        )


def _weight(path: Path, edge: _Edge) -> int:
    if not edge.weight:
        return 1
    try:
        weight = float(edge.weight)
    except ValueError:
        weight = 0.0
    if not 1 <= weight <= 255:
        raise YiheError(
            f"权重“{edge.weight}”无效；请填 1 到 255 之间的整数。",
            f"weight “{edge.weight}” is invalid; write a whole number from 1 to 255.",
            file=path,
            key="weight",
            line=edge.line,
        )
    return int(weight + 0.5)


def _layer(path: Path, edge: _Edge) -> int:
    if not edge.layer:
        return Layer.FRIENDSHIP
    for layer in _FIXED:
        if edge.layer.lower() in (layer.key, layer.zh, layer.en.lower()):
            return layer
    raise YiheError(
        f"不认识关系层“{edge.layer}”；可用：{'、'.join(layer.zh for layer in _FIXED)}。",
        f"layer “{edge.layer}” is unknown; use one of {', '.join(layer.key for layer in _FIXED)}.",
        file=path,
        key="layer",
        line=edge.line,
    )


def to_networkx(population: Population, ties: Ties) -> nx.Graph[Any]:
    """Graph of residents and all their ties, event ties included.

    Parameters
    ----------
    population : Population
    ties : Ties

    Returns
    -------
    networkx.Graph
        Nodes are the user's ids, or row numbers as text, with grid, age, sex, tenure, position and
        membership; edges carry ``weight`` and ``layer``.
    """
    import networkx as nx

    residents = population.residents
    n = len(residents.key)
    names = population.names or tuple(str(i) for i in range(n))
    graph: nx.Graph[Any] = nx.Graph()
    for i, name in enumerate(names):
        terms = {
            column: kind(int(getattr(residents, column)[i])).key  # type: ignore[call-arg]
            for column, kind in _TERMS.items()
        }
        graph.add_node(name, grid=int(residents.grid[i]), age=int(residents.age[i]), **terms)
    row = np.repeat(np.arange(n), np.diff(ties.first))
    for e in np.flatnonzero(row < ties.neighbour).tolist():
        layer = Layer(int(ties.layer[e])).key  # type: ignore[call-arg]
        graph.add_edge(names[row[e]], names[int(ties.neighbour[e])], weight=int(ties.weight[e]), layer=layer)
    for i, slot in np.argwhere(ties.event_neighbour != NO_ONE).tolist():
        other = names[int(ties.event_neighbour[i, slot])]
        if not graph.has_edge(names[i], other):
            graph.add_edge(names[i], other, weight=int(ties.event_strength[i, slot]), layer=Layer.EVENT.key)
    return graph


def write_graphml(path: str | Path, population: Population, ties: Ties) -> None:
    """Write :func:`to_networkx` as GraphML."""
    import networkx as nx

    nx.write_graphml(to_networkx(population, ties), Path(path))
