"""What a recording holds: every array with its kinds of number, its shape and what its entries point at."""

from __future__ import annotations

from typing import NamedTuple

FORMAT = 1

SIZES = {
    "weeks": "weeks recorded, those after the warm-up",
    "residents": "residents", "dwellings": "dwellings", "buildings": "buildings", "grids": "grids",
    "communities": "communities", "institutions": "institutions, one a desk", "offers": "offers of all weeks",
    "decisions": "decisions kept", "terms": "terms of a decision", "neighbours": "fixed ties, each twice",
    "tie_changes": "ties made at events and lost again", "cases": "cases shown",
    "case_changes": "weeks in which something about a case changed", "outcomes": "outcomes",
    "attention": "uses of the core's attention",
}
"""Named sizes; two arrays that name the same one are equally long there. ``name+1`` is one longer."""


class Declared(NamedTuple):
    """One array of the format."""

    dtypes: tuple[str, ...]
    """Kinds of number it may be written in; the smallest that holds it is taken."""
    shape: tuple[str, ...]
    about: str
    within: str = ""
    """Size or list of words that its entries point into."""
    least: int = 0
    """Least entry where it points somewhere: −1 if it may point nowhere."""
    coding: str = "plain"


_ROW = ("u1", "u2", "u4")
_ROW_OR_NONE = ("i1", "i2", "i4")


def _row(shape: str, within: str, about: str) -> Declared:
    return Declared(_ROW, (shape,), about, within)


def _row_or_none(shape: str, within: str, about: str) -> Declared:
    return Declared(_ROW_OR_NONE, (shape,), about, within, -1)


def _number(dtype: str, shape: str, about: str) -> Declared:
    return Declared((dtype,), (shape,), about)


def _weekly(dtype: str, each: str, about: str, *more: str, coding: str = "plain") -> Declared:
    return Declared((dtype,), ("weeks", each, *more), about, coding=coding)


ARRAYS: dict[str, Declared] = {
    # Places.
    "grid_community": _row("grids", "communities", "community of each grid"),
    "building_grid": _row("buildings", "grids", "grid"),
    "building_community": _row("buildings", "communities", "community"),
    "building_number": Declared(_ROW, ("buildings",), "number in its community, from 1, as texts name it"),
    "building_floors": Declared(_ROW, ("buildings",), "storeys"),
    "building_per_floor": Declared(_ROW, ("buildings",), "dwellings a storey"),
    "building_units": _number("u1", "buildings", "1 where it holds member units (offices), not dwellings"),
    "building_first_dwelling": Declared(_ROW, ("buildings+1",), "first dwelling; they go floor by floor"),
    # Residents, fixed.
    "resident_building": _row("residents", "buildings", "building"),
    "resident_dwelling": _row("residents", "dwellings", "dwelling"),
    "resident_age": _number("u1", "residents", "years at the founding; below 18 nobody decides"),
    "resident_sex": _row("residents", "sexes", "sex"),
    "resident_position": _row("residents", "positions", "position in work and life"),
    "resident_tenure": _row("residents", "tenures", "owner or renter"),
    "resident_membership": _row("residents", "memberships", "party membership"),
    "resident_motive": _row("residents", "motives", "motive for cooperating"),
    "resident_degree": Declared(_ROW, ("residents",), "fixed ties"),
    # Residents, week by week.
    "resident_stage": Declared(
        ("u1",), ("weeks", "residents"), "rung of the ladder", "stages", coding="weekly_delta"),
    "resident_flags": _weekly("u1", "residents", "bits, in the order of words.flags", coding="weekly_delta"),
    "resident_trust_core": _weekly("u1", "residents", "trust in the core, 0 to 255", coding="weekly_delta"),
    "resident_efficacy": _weekly("u1", "residents", "efficacy, 0 to 255", coding="weekly_delta"),
    # Offers.
    "offer_week": _row("offers", "weeks", "week; rows ascend by it"),
    "offer_activity": _row("offers", "activities", "activity"),
    "offer_host": _row("offers", "kinds", "kind of institution that hosts it"),
    "offer_institution": _row_or_none("offers", "institutions", "institution that hosts it"),
    "offer_policy": _row_or_none("offers", "policies", "policy behind it, -1 if none"),
    "offer_level": _row("offers", "levels", "kind of place it is open to"),
    "offer_place": Declared(_ROW, ("offers",), "row of that community, grid or building"),
    "offer_stage": _row("offers", "stages", "rung on which it stands"),
    "offer_hours": _number("f4", "offers", "hours it takes"),
    "offer_heard": Declared(_ROW, ("offers",), "residents who heard of it"),
    "offer_attended": Declared(_ROW, ("offers",), "residents who came"),
    "offer_fruitful": _number("u1", "offers", "1 if something came of it"),
    # Decisions.
    "decision_first": Declared(
        _ROW, ("residents+1",), "decisions of i stand from decision_first[i] to decision_first[i+1]"),
    "decision_resident": _row("decisions", "residents", "who decided; rows ascend by it, then by week"),
    "decision_week": _row("decisions", "weeks", "week"),
    "decision_offer": _row("decisions", "offers", "on what"),
    "decision_taken": _row("decisions", "answers", "what came of it"),
    "decision_route": _row("decisions", "routes", "likeliest way in which word came"),
    "decision_total": _number(
        "i2", "decisions", "inclination V in logits, scaled; willing with chance 1 / (1 + exp(-V))"),
    "decision_terms": Declared(("i1",), ("terms", "decisions"), "what the inclination is made of, scaled"),
    # Ties.
    "tie_first": Declared(
        _ROW, ("residents+1",), "fixed ties of i stand from tie_first[i] to tie_first[i+1]"),
    "tie_neighbour": _row("neighbours", "residents", "the other end"),
    "tie_layer": _row("neighbours", "layers", "layer"),
    "tie_week": _row_or_none("tie_changes", "weeks", "week; -1 for ties that were there at the start"),
    "tie_a": _row("tie_changes", "residents", "one end"),
    "tie_b": _row("tie_changes", "residents", "other end, the larger row"),
    "tie_change": _number("i1", "tie_changes", "+1 made, -1 lost"),
    # Cases.
    "case_category": _row("cases", "categories", "category"),
    "case_building": _row("cases", "buildings", "building"),
    "case_dwelling": _row("cases", "dwellings", "dwelling"),
    "case_party": _row_or_none("cases", "residents", "who suffers or needs"),
    "case_other": _row_or_none("cases", "residents", "the other side, -1 if none"),
    "case_channel": _row("cases", "channels", "how it was found"),
    "case_born_week": Declared(
        _ROW_OR_NONE, ("cases",), "week; negative if born before the recording"),
    "case_born_clock": _number("f4", "cases", "clock hours since the recording began"),
    "case_found_clock": _number("f4", "cases", "when it was or will be found; NaN if never"),
    "case_closed_clock": _number(
        "f4", "cases", "when it was closed last; NaN if it is open or was never found"),
    "case_satisfaction": _number(
        "f4", "cases", "of the complainant at the last closing, 0 to 1; NaN if unheard"),
    "change_week": _row_or_none(
        "case_changes", "weeks", "week; -1 as it stood at the start; rows ascend by it"),
    "change_case": _row("case_changes", "cases", "which case"),
    "change_status": _row("case_changes", "statuses", "status at the week's end"),
    "change_holder": _row_or_none("case_changes", "institutions", "institution that has it, -1 nobody"),
    "change_last": _row_or_none(
        "case_changes", "institutions", "institution it came to last, also once it is over; -1 if to none"),
    "change_stage": _row("case_changes", "case_stages", "where it stands in its handling"),
    "change_handoffs": _number("u1", "case_changes", "hand-offs so far"),
    "change_meetings": _number("u1", "case_changes", "meetings in this round"),
    "change_relapses": _number("u1", "case_changes", "relapses so far"),
    # Institutions.
    "institution_kind": _row("institutions", "kinds", "kind"),
    "institution_community": _row_or_none("institutions", "communities", "community; -1 for a street"),
    "institution_grid": _row_or_none("institutions", "grids", "grid of grid workers, else -1"),
    "institution_present": _number("u1", "institutions", "0 where there is none"),
    "institution_load": _weekly("u1", "institutions", "smoothed load, 0 to 255"),
    "institution_waiting": _weekly("u2", "institutions", "cases and tasks that wait at its desk"),
    "institution_serving": _weekly("u2", "institutions", "cases and tasks being worked on"),
    "institution_done": _weekly("u2", "institutions", "cases that ended in its hands this week"),
    "institution_hours": _weekly("u2", "institutions", "staff hours worked on cases and tasks, scaled"),
    "core_attention": _weekly("u2", "communities", "hours of the core by use, scaled", "attention"),
    # Outcomes.
    "outcomes": Declared(("f8",), ("outcomes", "weeks"), "weekly outcomes, exactly those of yihe run"),
}
"""Every array, in the order in which it is written."""

FLAGS = ("took_part", "heard", "lives_here", "volunteer", "moved_in", "kept_away", "voted")
TOOK_PART, HEARD, LIVES_HERE, VOLUNTEER, MOVED_IN, KEPT_AWAY, VOTED = (1 << bit for bit in range(len(FLAGS)))
"""Bits of ``resident_flags``."""

DECLINED, CAME, COULD_NOT = 0, 1, 2
"""Values of ``decision_taken``."""

LEVELS = ("community", "grid", "building")
ATTENTION = ("policies", "reports", "visits", "oversight", "cases", "line_work")

SCALES: dict[str, float] = {
    "resident_trust_core": 1 / 255, "resident_efficacy": 1 / 255, "institution_load": 1 / 255,
    "decision_total": 0.01, "decision_terms": 0.05, "core_attention": 0.1,
    "institution_hours": 0.1,
}
"""What a whole number is to be multiplied by."""
