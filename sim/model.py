"""The community model: the week as a short list."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim import measures
from sim.actors.roster import PARTS, ROSTER, spare_hours
from sim.founding import furnish, settle
from sim.ledger.budget import Grants
from sim.ledger.commons import make_commons
from sim.ledger.levers import Levers
from sim.ledger.means import means_of
from sim.ledger.opportunities import Opportunities, Scope
from sim.ledger.records import picked
from sim.ledger.spreading import hours_given
from sim.mesa_side import MesaSide
from sim.observed import group_count
from sim.params import as_record
from sim.plugins import own_institutions, with_own_categories
from sim.policies.base import Policy
from sim.population.section import Section, whole
from sim.processes import aftermath, casework, engagement, environment, experience
from sim.processes.parameters import Shock
from sim.processes.participation import MOST, Attendance
from sim.processes.rules import make_rules
from sim.results import RunResult
from sim.rng import CommunityStreams
from sim.scenario.schema import Scenario
from sim.state import State
from sim.streets import district_digest, street_digests
from sim.threads import side_by_side
from sim.view import Kept, Meeting
from sim.vocabulary import Activity, Kind, Regime

_LEVELS = ("community", "grid", "building")


def _sealed(made: Kept) -> Kept:
    """Something kept for others to read, which none may write to."""
    if isinstance(made, np.ndarray):
        made.flags.writeable = False
    return made


class CommunityModel(MesaSide):
    """One community or district under one scenario and seed.

    Parameters
    ----------
    scenario : Scenario
        Its arms are not looked at; resolve one first with ``scenario.arm(name)``.
    seed : int, optional
        The scenario's own if left out.
    compared : frozenset of str, optional
        Ids of the policies whose own events ``*_other`` outcomes leave out; all of the scenario's if left
        out.
    state : State, optional
        Start from a copy of another run's state instead of a fresh community.
    section : Section, optional
        Only this part of the district (:mod:`sim.sharding`).
    meeting : Meeting, optional
        Where it learns what the other parts say.
    """

    def __init__(
        self, scenario: Scenario, seed: int | None = None, *, compared: frozenset[str] | None = None,
        state: State | None = None, section: Section | None = None,
        meeting: Meeting | None = None,
    ) -> None:
        self.scenario = scenario
        self._section, self._meeting = section, meeting
        self.run_seed = scenario.seed if seed is None else seed
        super().__init__(rng=self.run_seed)
        self.regime: Regime = scenario.regime
        self.actors = scenario.actors
        self.policies: tuple[Policy, ...] = tuple(sorted(scenario.policies, key=lambda p: (p.kind, p.id)))
        self._names = [(p.kind, p.id) for p in self.policies]
        self._index = {p.id: i for i, p in enumerate(self.policies)}
        own = frozenset(self._index) if compared is None else compared
        self.compared = np.array([p.id in own for p in self.policies], np.float32)
        self._lasting: dict[Hashable, Any] = {}
        self._weekly: dict[Hashable, Any] = {}
        self._week_kept = -1
        self.state_ = state.fork() if state is not None else self._found()
        self._rank_places()
        self.rules = with_own_categories(
            make_rules(scenario.cases, scenario.world, self.streams.key("handling")))
        self.opportunities = Opportunities(len(self.residents.key))
        self.chosen = np.empty((len(self.residents.key), MOST), np.int32)
        self.shocks: tuple[Shock, ...] = ()
        self.staff_factor = 1.0
        self.grants = Grants(np.zeros((0, 0), np.int64), np.zeros((0, 0), np.int64))
        self.recorder = measures.make_recorder(scenario.weeks, group_count(self.places))
        self._no_hours = np.zeros(self.places.communities), np.zeros((self.places.communities, len(Kind)))
        self.record_weight = self._weigh_records()
        self._read_numbers()

    def _read_numbers(self) -> None:
        """Put the scenario's numbers into the form kernels read."""
        s = self.scenario
        self.weights = engagement.weights(s.participation)
        self.learning = engagement.learning(s.participation, s.experience, self.compared)
        self.lessons = experience.Lessons(
            *(getattr(s.experience, name) for name in experience.Lessons._fields))
        self.norm_kept = engagement.half_life(s.experience.norm_half_life)
        blocks = {kind: getattr(s.actors, kind.key) for kind in Kind}
        self._numbers: dict[Kind | None, npt.NDArray[np.void]] = {None: as_record(s.actors)}
        self._numbers.update((kind, as_record(block)) for kind, block in blocks.items())
        self.trust_prior = environment.trust_prior(s.population.trust)
        self.susceptibility = np.full(len(self.residents.key), s.experience.talk)

    def _found(self) -> State:
        """Build the community: people, ties, institutions."""
        population, ties = settle(self.scenario, self.seeds, self._section)
        actors = self.scenario.actors
        commons = make_commons(population.places, actors.trust_between, actors.reputation_weight)
        self.state_ = State(population, ties, commons)
        self._rank_places()
        furnish(self, self.state_, self.scenario)
        return self.state_

    def _rank_places(self) -> None:
        places = self.places
        self.run_of = np.repeat(np.arange(self.runs, dtype=np.int32), places.communities // self.runs)
        self.streams = CommunityStreams(self.seeds, self.run_of)
        sizes = {"resident": len(self.residents.key), "building": places.buildings, "grid": places.grids,
                 "community": places.communities}
        self.levers = Levers(sizes)
        keys = {"community": places.community_key, "grid": places.grid_key, "building": places.building_key}
        community = {
            "community": np.arange(places.communities, dtype=np.int32), "grid": places.grid_community,
            "building": places.building_community}
        self._scopes: dict[str, Scope] = {}
        for level in _LEVELS:
            lo, hi = places.resident_range(level)
            self._scopes[level] = Scope(community[level], lo, hi, keys[level])
        r = self.residents
        adults = (r.age >= 18).astype(float)
        self.adults = np.bincount(r.community, adults, places.communities)
        self.buildings_a_grid = np.maximum(np.diff(places.grid_first_building), 1).astype(float)
        self.building_adults = np.bincount(r.building, adults, places.buildings)

    # What policies, processes and actors see: sim.view.ModelView.

    week = property(
        lambda self: self.state_.week, doc="Week of the model, counted from the start of the warm-up.")
    residents = property(lambda self: self.state_.residents)
    names = property(
        lambda self: self.state_.names, doc="The user's own ids of residents; empty if synthetic.")
    places = property(lambda self: self.state_.places)
    ties = property(lambda self: self.state_.ties)
    commons = property(lambda self: self.state_.commons)
    cases = property(lambda self: self.state_.cases)
    budget = property(lambda self: self.state_.budget)
    last_opportunities = property(lambda self: self.state_.last_offers)

    @property
    def section(self) -> Section:
        """Part of the district that this is; all of it as a rule."""
        return self._section or whole(self.places.communities)

    def everywhere(self, own: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What every part of the district says; see :class:`sim.view.ModelView`."""
        return own if self._meeting is None else self._meeting.gather(own)

    @property
    def policy_week(self) -> int:
        """Week counted after the warm-up; negative before its end."""
        return int(self.week - self.scenario.warmup)

    def phase(self, stream: str, level: str, period: int) -> npt.NDArray[np.int64]:
        """Week at which something periodic falls due in each place; see :class:`sim.view.ModelView`."""
        return self.lasting(
            (stream, level, period),
            lambda: (self.draw(f"phase/{stream}", level, -1) * period).astype(np.int64))

    def lasting(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What never changes in a run, made once; see :class:`sim.view.ModelView`."""
        if name not in self._lasting:
            self._lasting[name] = _sealed(make())
        kept: Kept = self._lasting[name]
        return kept

    def weekly(self, name: Hashable, make: Callable[[], Kept]) -> Kept:
        """What does not change within a week's policies; see :class:`sim.view.ModelView`."""
        if self._week_kept != self.week:
            self._week_kept = self.week
            self._weekly.clear()
        if name not in self._weekly:
            self._weekly[name] = _sealed(make())
        kept: Kept = self._weekly[name]
        return kept

    def turn(self, stream: str, level: str, weeks: float) -> npt.NDArray[np.bool_]:
        """Where something periodic falls due this week; see :class:`sim.view.ModelView`."""
        period = max(1, round(weeks))
        now = self.week % period
        return self.lasting(
            (stream, level, period, now),
            lambda: np.asarray((now + self.phase(stream, level, period)) % period == 0))

    def numbers(self, kind: Kind | None) -> npt.NDArray[np.void]:
        """Numbers of a kind of institution, or of all; see :class:`sim.view.ModelView`."""
        return self._numbers[kind]

    def memory(self, name: str, columns: Mapping[str, str]) -> dict[str, npt.NDArray[np.float64]]:
        """What a policy has to remember; see :class:`sim.view.ModelView`."""
        memories = self.state_.memories
        if name not in memories:
            memories[name] = {
                column: np.zeros(self.levers.sizes[level]) for column, level in columns.items()}
        return memories[name]

    def week_key(self, stream: str) -> npt.NDArray[np.uint64]:
        """Keys of a stream's draws of this week; see :class:`sim.view.ModelView`."""
        return self.streams.week_key(stream, self.week)

    def _weigh_records(self) -> npt.NDArray[np.float64]:
        """Weight of records in appraisal, (C,); a street under pressure asks for more."""
        pressure = self.state(Kind.STREET).pressure[self.places.community_street]
        weight = self.scenario.cases.appraisal_record
        asked = weight * (1.0 + self.actors.street.pressure_gain * pressure)
        return np.minimum(np.maximum(asked + self.levers.get("record_weight"), 0.0), 1.0)

    def state(self, kind: Kind) -> Any:
        """Columns of one kind of institution."""
        return self.state_.institutions[kind]

    def part(self, name: str) -> Any:
        """Columns of the core's own parts."""
        return self.state_.parts[name]

    def scope(self, level: str) -> Scope:
        """All places of a level in which to offer opportunities."""
        return self._scopes[level]

    def policy_index(self, policy_id: str) -> int:
        """Number under which an opportunity names the policy behind it."""
        return self._index[policy_id]

    @property
    def party_members(self) -> npt.NDArray[np.intp]:
        """Residents who are party members; see :class:`sim.view.ModelView`."""
        return self.lasting("party members", lambda: np.flatnonzero(self.residents.membership))

    def visits_a_resident(self) -> npt.NDArray[np.float64]:
        """(C,) the core's own home visits a resident this week."""
        return self.state(Kind.CORE).visit_hours / self.actors.core.visit_hours / np.maximum(self.adults, 1.0)

    def patrol_given(self) -> npt.NDArray[np.float64]:
        """(G,) patrol hours that residents gave last week."""
        hours = np.zeros(self.places.grids)
        hours_given(self.last_opportunities, int(Activity.PATROL), self.residents.grid, hours)
        return hours

    def draw(
        self, stream: str, level: str = "resident", week: int | None = None,
        rows: npt.NDArray[np.intp] | None = None,
    ) -> npt.NDArray[np.float64]:
        """Uniform draws keyed by (seed, stream, week, entity); see :class:`sim.view.ModelView`."""
        entity, community = self._entities(level)
        if rows is not None:
            entity, community = entity[rows], community[rows]
        return self.streams.uniform(stream, self.week if week is None else week, entity, community)

    def _entities(self, level: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int32]]:
        """Stable ids of a level's entities, and the community of each."""
        if level == "resident":
            return self.residents.key, self.residents.community
        if level == "dwelling":
            return self.places.dwelling_key, self.lasting(
                "communities of dwellings",
                lambda: self.places.building_community[self.places.dwelling_building])
        scope = self._scopes[level]
        return scope.key, scope.community

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the runs side by side in this model: one, but for a :class:`sim.ensemble.Ensemble`."""
        return (self.run_seed,)

    @property
    def runs(self) -> int:
        """How many runs there are in this model."""
        return len(self.seeds)

    # The week.

    def step(self) -> None:
        """One week, in the order of the model page."""
        self.budget.spent[:] = 0.0
        self.opportunities.clear()
        self.shocks = self._shocks()
        environment.world(self, self.shocks)
        self._policies()
        self._institutions()
        attendance, (counts, tally) = side_by_side(len(self.residents.key), self._gatherings, self._cases)
        left = aftermath.learn_from_week(self, attendance)
        if self.policy_week >= 0:
            self._record(counts, tally, left)
        casework.clear(self)
        self.state_.last_offers = picked(self.opportunities.rows, slice(None))
        self.levers.reset()
        self.state_.week += 1

    def _record(
        self, counts: npt.NDArray[np.float64], tally: npt.NDArray[np.float64],
        left: npt.NDArray[np.float64],
    ) -> None:
        """Write the week's outcomes."""
        measures.record(self, counts, tally, left)

    def _shocks(self) -> tuple[Shock, ...]:
        week = self.policy_week
        return tuple(s for s in self.scenario.shocks if s.week <= week < s.week + s.weeks)

    def _policies(self) -> None:
        """Requests, then grants, then acts; each policy sees only its own grant."""
        active = [i for i, p in enumerate(self.policies) if p.active(self.policy_week)]
        self.budget.open_week(*(spare_hours(self) if active else self._no_hours))
        if not active:
            return
        requests = [self.policies[i].request(self) for i in active]
        self.grants = self.budget.grant([self._names[i] for i in active], requests)
        levels = np.stack([self.policies[i].intensity * self.grants.share(n) for n, i in enumerate(active)])
        for granted, i, level in zip(self._granted_anywhere(levels), active, levels, strict=True):
            if granted and self.regime in self.policies[i].convenors:
                self._act(self.policies[i], level)
        self.budget.take_in(self.levers.get("income"))

    def _act(self, policy: Policy, level: npt.NDArray[np.float64]) -> None:
        policy.act(self, level)

    def _granted_anywhere(self, levels: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        """Which policies were granted anything in the district, (P,): only these act."""
        anywhere = self.everywhere(levels.any(axis=1, keepdims=True).astype(float))
        return np.asarray(anywhere.any(axis=1))

    def _institutions(self) -> None:
        self.record_weight = self._weigh_records()
        self.means = means_of(self.levers, self.budget, self.staff_factor)
        for part in PARTS:
            part.decide(self)
        for kind in ROSTER:
            kind.decide(self)
        for own in own_institutions():
            own.decide(self)
        casework.man_desks(self)

    def _gatherings(self) -> Attendance:
        """Residents decide and come; touches nothing that cases read or write."""
        return engagement.participate(self, environment.factor(self.shocks, "free_hours_factor"))

    def _cases(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Frictions and the handling of cases; touches nothing that gatherings read or write."""
        return casework.find(self, environment.factor(self.shocks, "friction_factor")), casework.handle(self)

    # A run.

    def warm_up(self) -> CommunityModel:
        """Run the policy-free weeks; does nothing once they are over."""
        while self.policy_week < 0:
            self.step()
        return self

    def run(self) -> RunResult:
        """Run to the end and gather the outcomes."""
        while self.policy_week < self.scenario.weeks:
            self.step()
        return measures.gather(self)

    def digest(self) -> str:
        """Hash of every array the run changes, made of those of its streets."""
        return district_digest(street_digests(self.state_))
