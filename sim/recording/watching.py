"""A run that is watched week by week, and changed in nothing."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.ledger.cases import CaseBook
from sim.ledger.opportunities import Rows, renumbered
from sim.ledger.records import joined, picked
from sim.model import CommunityModel
from sim.population.columns import UInt8
from sim.recording import contents as c
from sim.recording.casebook import CaseWatch
from sim.recording.container import MOST_BODY, too_large
from sim.recording.deciding import Room, Rounding, keep, overhear
from sim.recording.noting import Marks, note_residents
from sim.recording.ties import TieWatch
from sim.rng import Streams
from sim.vocabulary import CLOCK_HOURS, Kind

Array = npt.NDArray[Any]

FOLLOWED = 200
"""Residents of whom every decision is kept, not only those that led them to come."""
_GRID = int(Kind.GRID_WORKER)
_WEEKLY = ("resident_stage", "resident_flags", "resident_trust_core", "resident_efficacy")
_MARKS = Marks(c.TOOK_PART, c.HEARD, c.LIVES_HERE, c.VOLUNTEER, c.MOVED_IN, c.VOTED)
_ROUNDING = Rounding(c.SCALES["decision_total"], c.SCALES["decision_terms"], c.KEPT_AWAY)
assert (c.DECLINED, c.CAME, c.COULD_NOT) == (0, 1, 2)


def follow(age: Array, seed: int) -> Array:
    """Rows of the residents to follow: adults picked by a draw of their own, the same in every arm."""
    draws = Streams(seed).uniform("followed", -1, np.arange(len(age)))
    draws[age < 18] = 2.0
    first = np.argsort(draws, kind="stable")[: min(FOLLOWED, int((age >= 18).sum()))]
    return np.sort(first)


class WatchedModel(CommunityModel):
    """A model whose weeks after the warm-up are noted down; it does exactly what it would do unwatched."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.notes: Notes | None = None
        self._room: Room | None = None

    def _institutions(self) -> None:
        super()._institutions()
        if self.notes is not None:
            self._room = overhear(self, self.notes.is_followed, self.notes.rows_to_expect)

    def step(self) -> None:
        """One week, and what there was to see of it."""
        week = self.policy_week
        if week >= 0 and self.notes is None:
            self.notes = Notes(self)
        super().step()
        if self.notes is not None and self._room is not None:
            self.notes.take(self, week, self._room)


class Notes:
    """What is seen of a run, week by week.

    Parameters
    ----------
    model : CommunityModel
        At the end of its warm-up.
    """

    def __init__(self, model: CommunityModel) -> None:
        r, weeks, desks = model.residents, model.scenario.weeks, len(model.cases.desks)
        n, communities = len(r.key), model.places.communities
        if len(_WEEKLY) * weeks * n > MOST_BODY:
            too_large()
        self.followed = follow(r.age, model.run_seed)
        self.is_followed = np.zeros(n, np.uint8)
        self.is_followed[self.followed] = 1
        self.rows_to_expect = 4 * FOLLOWED
        self._key = r.key.copy()
        self.cases = CaseWatch(model.cases, model.week * CLOCK_HOURS)
        self.ties = TieWatch(model.ties.event_neighbour)
        self.weekly: dict[str, Array] = {
            name: np.zeros((weeks, n), np.uint8) for name in _WEEKLY}
        self._desks = {
            f"institution_{name}": np.zeros((weeks, desks))
            for name in ("load", "waiting", "serving", "done", "hours")}
        self._desks["core_attention"] = np.zeros((weeks, communities, len(c.ATTENTION)))
        self._offers: list[Rows] = []
        self._heard: list[Array] = []
        self._decisions: list[dict[str, Array]] = []
        self._offer_count = 0

    def fork(self, book: CaseBook) -> Notes:
        """A copy that follows a copy of the case book; what either writes, the other does not see."""
        twin = copy.copy(self)
        twin._key = self._key.copy()
        twin.cases, twin.ties = self.cases.fork(book), self.ties.fork()
        twin.weekly = {name: rows.copy() for name, rows in self.weekly.items()}
        twin._desks = {name: hours.copy() for name, hours in self._desks.items()}
        twin._offers, twin._heard = list(self._offers), list(self._heard)
        twin._decisions = list(self._decisions)
        return twin

    def renumber(self, number: Array) -> None:
        """Number the policies behind all offers anew: :func:`sim.ledger.opportunities.renumbered`."""
        self._offers = [renumbered(offers, number) for offers in self._offers]

    def take(self, model: CommunityModel, week: int, room: Room) -> None:
        """Note one week down, at its end."""
        offers, notes = model.opportunities.rows, self.weekly
        flags = notes["resident_flags"][week]
        note_residents(
            model.residents, offers, model.chosen, room.heard, self._key, notes["resident_stage"][week],
            flags, notes["resident_trust_core"][week], notes["resident_efficacy"][week], _MARKS)
        self._decide(model, week, flags, room)
        self._offers.append(picked(offers, slice(None)))
        self._heard.append(room.offer_heard)
        self._offer_count += len(offers)
        self._institutions(model, week)
        self.ties.week(model.ties.event_neighbour, week)

    def _decide(self, model: CommunityModel, week: int, flags: UInt8, room: Room) -> None:
        """Keep what the followed heard of, and what others came for."""
        rows = len(room.resident)
        self.rows_to_expect = max(self.rows_to_expect, 2 * rows)
        row, answer = np.empty(rows, np.int32), np.empty(rows, np.uint8)
        total, terms = np.empty(rows, np.int16), np.empty(room.terms.shape, np.int8)
        n = keep(room, model.chosen, self.is_followed, flags, row, answer, total, terms, _ROUNDING)
        kept = row[:n]
        self._decisions.append({
            "decision_week": np.full(n, week), "decision_resident": room.resident[kept],
            "decision_offer": room.offer[kept] + self._offer_count, "decision_taken": answer[:n],
            "decision_route": room.route[kept], "decision_total": total[:n], "decision_terms": terms[:n]})

    def _institutions(self, model: CommunityModel, week: int) -> None:
        book, notes, core = model.cases, self._desks, model.state(Kind.CORE)
        notes["institution_done"][week] = self.cases.week(book, week)
        columns = {"load": "load", "waiting": "waiting", "serving": "busy", "hours": "work_done"}
        for name, column in columns.items():
            notes[f"institution_{name}"][week] = book.desks[column]
        uses = (
            model.budget.attention_used, core.report_hours, core.visit_hours, core.oversight_hours,
            core.case_hours, core.lent_hours)
        for k, hours in enumerate(uses):
            notes["core_attention"][week, :, k] = hours

    def arrays(self, model: CommunityModel, weeks: int) -> dict[str, Array]:
        """Everything noted down in so many weeks, all there were, by name, as it goes into the recording."""
        desks = {name: hours[:weeks] for name, hours in self._desks.items()}
        loads = {"institution_load": _byte(desks.pop("institution_load"))}
        loads |= {name: _short(hours / c.SCALES.get(name, 1.0)) for name, hours in desks.items()}
        return (
            {name: rows[:weeks] for name, rows in self.weekly.items()} | loads | self._all_offers(model)
            | self._all_decisions() | self.ties.arrays() | self.cases.arrays(model.scenario.warmup))

    def _all_offers(self, model: CommunityModel) -> dict[str, Array]:
        counts = [len(rows) for rows in self._offers]
        offers = joined(self._offers)
        level, place = _places(model, offers)
        same = ("activity", "host", "policy", "hours", "attended", "fruitful")
        return {f"offer_{name}": offers[name] for name in same} | {
            "offer_week": np.repeat(np.arange(len(counts)), counts), "offer_stage": offers["level"],
            "offer_institution": _hosts(model, offers), "offer_level": level, "offer_place": place,
            "offer_heard": np.concatenate(self._heard)}

    def _all_decisions(self) -> dict[str, Array]:
        decisions = {
            name: np.concatenate([note[name] for note in self._decisions]) for name in self._decisions[0]}
        who = decisions["decision_resident"]
        by_resident = np.argsort(who, kind="stable")
        decisions = {name: column[by_resident] for name, column in decisions.items()}
        # Laid out term by term and resident by resident, like stands beside like: half the size
        decisions["decision_terms"] = decisions["decision_terms"].T
        count = np.bincount(who, minlength=len(self._key))
        return decisions | {"decision_first": np.concatenate([[0], np.cumsum(count)])}


def _byte(share: Array) -> Array:
    """Shares from 0 to 1 as 0 to 255."""
    return _within(share * 255.0, 0, 255).astype(np.uint8)


def _short(amount: Array) -> Array:
    return _within(amount, 0, 65535).astype(np.uint16)


def _within(values: Array, least: int, most: int) -> Array:
    """Rounded to whole numbers within bounds; quicker than ``np.clip`` on short arrays."""
    rounded = np.rint(values)
    np.minimum(rounded, most, out=rounded)
    return np.maximum(rounded, least, out=rounded)


def _places(model: CommunityModel, offers: Rows) -> tuple[Array, Array]:
    """Kind and row of the smallest place that holds everyone an offer is open to."""
    r = model.residents
    lo = np.minimum(offers["lo"], len(r.key) - 1)
    last = np.maximum(offers["hi"] - 1, lo)
    same = {level: getattr(r, level)[lo] == getattr(r, level)[last] for level in ("building", "grid")}
    level = np.where(same["building"], 2, np.where(same["grid"], 1, 0))
    place = np.where(
        same["building"], r.building[lo], np.where(same["grid"], r.grid[lo], offers["community"]))
    return level, place


def _hosts(model: CommunityModel, offers: Rows) -> Array:
    """Row of the institution that hosts each offer; −1 where it has no desk."""
    book, host = model.cases, offers["host"].astype(np.int64)
    row = book.desk_of[host, offers["community"]].astype(np.int64)
    lo = np.minimum(offers["lo"], len(model.residents.key) - 1)
    return np.where(host == _GRID, book.desk_of_grid[model.residents.grid[lo]], row)
