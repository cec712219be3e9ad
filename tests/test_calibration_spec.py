"""The ``calibrate:`` section: what it comes to, and a clear sentence for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.calibration.spec import Calibration, read_calibration
from sim.calibration.targets import from_claims
from sim.errors import YiheError
from sim.params import Label
from sim.scenario.reading import load
from sim.scenario.targets import LevelChangeClaim, RelativeChangeClaim, SignClaim
from sim.scenario.yamlfile import parse
from sim.study.plan import ClaimUnderTest

BASE = load(
    {
        "yihe": 1,
        "name": "estate",
        "weeks": 104,
        "arms": {"none": {"policies": []}, "festival": {"policies": [{"kind": "neighbour_festival"}]}},
    }
)
ARMS = {name: BASE.arm(name) for name in ("none", "festival")}
LEVEL = {"outcome": "fee_payment", "value": 0.76, "error": 0.03, "source": "evidence.md §2"}


def section(**more: object) -> dict[str, object]:
    return {"parameters": {"ties.atomisation": None}, "targets": [LEVEL], **more}


def calibration(tree: object, **more: object) -> Calibration:
    return read_calibration(tree, BASE, ARMS, "none", **more)  # type: ignore[arg-type]


def test_an_empty_prior_is_uniform_on_the_declared_range() -> None:
    (parameter,) = calibration(section()).parameters
    assert (parameter.low, parameter.high, parameter.prior, parameter.integer) == (0.0, 1.0, "uniform", False)


def test_priors_short_full_listed_and_of_an_arms_policy() -> None:
    found = calibration(
        section(
            parameters={
                "ties.branch_acquaintance": [0.1, 0.3],
                "cases.return_delay": {"low": 1, "high": 100, "prior": "log_uniform"},
                "actors.social_organization.staff": [1, 4],
                "policies.neighbour_festival.intensity": [0.2, 1],
            }
        )
    )
    kinds = [(p.low, p.high, p.prior, p.integer) for p in found.parameters]
    assert kinds == [
        (0.1, 0.3, "uniform", False),
        (1, 100, "log_uniform", False),
        (1, 4, "uniform", True),
        (0.2, 1, "uniform", False),
    ]
    listed = calibration(section(parameters=["ties.atomisation", "cases.return_delay"]))
    assert [p.path for p in listed.parameters] == ["ties.atomisation", "cases.return_delay"]


def test_targets_of_every_kind() -> None:
    found = calibration(
        section(
            targets=[
                LEVEL,
                {
                    "outcome": "satisfaction",
                    "arm": "festival",
                    "range": {"low": 0.5},
                    "source": "x",
                    "use": "held_out",
                },
                {
                    "outcome": "latent_disputes",
                    "arm": "festival",
                    "against": "none",
                    "value": -10,
                    "tolerance": 5,
                    "source": "x",
                },
                {
                    "id": "rel",
                    "outcome": "latent_disputes",
                    "arm": "festival",
                    "against": "none",
                    "statistic": "relative",
                    "value": -0.1,
                    "error": 0.05,
                    "source": "x",
                    "window": {"from": 0, "to": 26},
                },
                {"outcome": "case_hours_q50", "value": 30, "error": 3, "source": "x", "luck": "one_run"},
            ]
        )
    )
    told = [(t.id, t.arm, t.against, t.statistic, t.low, t.high, t.column) for t in found.targets]
    assert told == [
        ("fee_payment", "none", None, "level", 0.76, 0.76, "fee_payment"),
        ("satisfaction", "festival", None, "level", 0.5, float("inf"), "satisfaction"),
        ("latent_disputes-vs-none", "festival", "none", "difference", -15, -5, "latent_disputes"),
        ("rel", "festival", "none", "relative", -0.1, -0.1, "latent_disputes@0-26"),
        ("case_hours_q50", "none", None, "level", 30, 30, "case_hours_q50"),
    ]
    assert [t.id for t in found.fit] == ["fee_payment", "latent_disputes-vs-none", "rel", "case_hours_q50"]
    assert found.arms_to_fit == ("none", "festival")
    assert found.case_figures == ("case_hours_q50",)
    assert ("latent_disputes@0-26", "latent_disputes", (0, 26)) in found.wanted
    assert found.targets[4].one_run


def claims() -> list[ClaimUnderTest]:
    shared = {"label": Label(zh="甲", en="a"), "source": "S1", "treatment": "festival", "control": "none"}
    made = [
        LevelChangeClaim.model_validate(
            {
                **shared,
                "id": "up",
                "outcome": "participation_52_other",
                "from": {"high": 0.3},
                "to": {"low": 0.7},
            }
        ),
        RelativeChangeClaim.model_validate(
            {
                **shared,
                "id": "down",
                "outcome": "latent_disputes",
                "value": -0.4,
                "beside": ("participation_52",),
            }
        ),
        SignClaim.model_validate({**shared, "id": "sign", "outcome": "trust_core", "toward": "more"}),
    ]
    windows = [(52, 104), (0, 52), (52, 104)]
    return [
        ClaimUnderTest(claim, "festival", "none", window) for claim, window in zip(made, windows, strict=True)
    ]


def test_the_scenarios_claims_are_held_out_unless_asked_for() -> None:
    found = {t.id: t for t in calibration(section(), claims=claims()).targets[1:]}
    assert {t.use for t in found.values()} == {"held_out"}
    assert {name: (t.arm, t.statistic, t.column) for name, t in found.items()} == {
        "up-control": ("none", "level", "participation_52_other"),
        "up": ("festival", "level", "participation_52_other"),
        "down": ("festival", "relative", "latent_disputes@0-52"),
        "sign": ("festival", "difference", "trust_core"),
    }
    assert found["up"].low == 0.7
    assert found["down"].high == -0.4
    fitted = calibration(section(scenario_targets="fit"), claims=claims())
    assert len(fitted.fit) == 5
    assert len(calibration(section(scenario_targets="none"), claims=claims()).targets) == 1
    assert [t.use for t in from_claims(claims()[:1], 104, "fit")] == ["fit", "fit"]


def test_settings_have_defaults_and_can_be_left_out() -> None:
    found = calibration(section(history_matching=None, abc={"particles": 50}))
    assert found.history_matching is None
    assert found.abc is not None
    assert found.abc.particles == 50
    assert found.abc.quantile == 0.5
    plain = calibration(section())
    assert plain.history_matching is not None
    assert plain.history_matching.cutoff == 3.0
    assert plain.runs_at_least == 60 * 5 + 200 + 50 * 20


def test_records_are_found_beside_the_study_file(tmp_path: Path) -> None:
    rows = "\n".join(f"2024-01-{1 + i % 28:02},2024-04-{1 + i % 28:02},noise,1" for i in range(40))
    (tmp_path / "orders.csv").write_text(f"opened,closed,category,satisfied\n{rows}\n", encoding="utf-8")
    found = calibration(
        {"parameters": ["ties.atomisation"], "records": {"file": "orders.csv", "population": 3000}},
        file=tmp_path / "study.yaml",
    )
    assert [t.outcome for t in found.fit] == [
        "recorded_disputes",
        "case_hours_q50",
        "case_within_7d",
        "case_satisfied",
    ]
    assert {t.arm for t in found.targets} == {"none"}


def target(**more: object) -> dict[str, object]:
    changed = {**LEVEL, **more}
    return section(targets=[{key: value for key, value in changed.items() if value is not None}])


MISTAKES: list[tuple[dict[str, object], str, str]] = [
    # parameters
    (section(parameters={}), "parameters", "nothing to calibrate"),
    ({"targets": [LEVEL]}, "parameters", "parameters is missing"),
    (
        section(parameters={"ties.atomization": None}),
        "parameters.ties.atomization",
        "did you mean ties.atomisation?",
    ),
    (section(parameters={"regime": None}), "parameters.regime", "is no number"),
    (section(parameters={"title.en": [0, 1]}), "parameters.title.en", "is no number"),
    (section(parameters={"seed": [0, 1]}), "parameters.seed", "cannot be a factor"),
    (section(parameters={"no such": [0, 1]}), "parameters.no such", "has no number"),
    (section(parameters={"ties.atomisation": [0.5]}), "parameters.ties.atomisation", "two numbers"),
    (
        section(parameters={"ties.atomisation": [0.5, 0.5]}),
        "parameters.ties.atomisation",
        "the range is empty",
    ),
    (section(parameters={"ties.atomisation": [0.5, 1.5]}), "parameters.ties.atomisation.high", "beyond what"),
    (
        section(parameters={"ties.atomisation": {"prior": "log_uniform"}}),
        "parameters.ties.atomisation.prior",
        "needs low above 0",
    ),
    (
        section(parameters={"ties.atomisation": {"prior": "normal"}}),
        "parameters.ties.atomisation.prior",
        "unknown value",
    ),
    (
        section(parameters={"actors.social_organization.staff": {"prior": "log_uniform"}}),
        "parameters.actors.social_organization.staff.prior",
        "is a whole number: its prior must be uniform",
    ),
    (
        section(parameters={"actors.social_organization.staff": [1, 2.5]}),
        "parameters.actors.social_organization.staff",
        "is a whole number: so must",
    ),
    # targets
    (section(targets=[]), "targets", "no target is to be fitted"),
    (target(use="held_out"), "targets", "no target is to be fitted"),
    (section(targets=[LEVEL, LEVEL]), "targets", "two targets are called fee_payment"),
    (target(outcome="fee_paymet"), "targets[0].outcome", "did you mean fee_payment?"),
    (target(arm="festivals"), "targets[0].arm", "did you mean festival?"),
    (target(against="all"), "targets[0].against", "there is no arm all; there are: none, festival"),
    (target(against="none"), "targets[0].against", "nothing to compare"),
    (target(value=47.9), "targets[0].value", "write per cent as a fraction"),
    (target(value=None), "targets[0]", "give either value or range"),
    (target(range={"low": 0.1}), "targets[0]", "give either value or range"),
    (target(value=None, range={"low": 0.5, "high": 0.1}), "targets[0].range", "must not exceed high"),
    (target(error=None), "targets[0]", "add error (its standard error) or tolerance"),
    (target(error=-1), "targets[0].error", "at least 0"),
    (
        target(value=None, range={"low": 0.1}, tolerance=0.1),
        "targets[0].tolerance",
        "tolerance goes with value",
    ),
    (target(statistic="relative"), "targets[0].against", "needs against"),
    (target(statistic="level", against="festival"), "targets[0].against", "leave out against"),
    (
        target(window={"from": 60, "to": 200}),
        "targets[0].window.to",
        "the window ends at week 200, the run at 104",
    ),
    (target(outcome="case_satisfied", window={"from": 0, "to": 50}), "targets[0].window", "of the whole run"),
    (target(source=None), "targets[0].source", "source is missing"),
    (target(use="both"), "targets[0].use", "unknown value"),
    (target(sauce="x"), "targets[0].sauce", "did you mean source?"),
    # settings
    (section(history_matching=None, abc=None), "", "keep history_matching, abc or both"),
    (section(history_matching={"rule": "second_max"}), "history_matching.rule", "needs two targets"),
    (section(history_matching={"points": 2}), "history_matching.points", "at least 8"),
    (section(abc={"quantile": 1.5}), "abc.quantile", "at most 0.95"),
    (section(abc={"particle": 50}), "abc.particle", "did you mean particles?"),
    (section(records={"file": "nowhere.csv"}), "", "no such file of records"),
    (section(records={"file": "nowhere.csv", "arm": "x"}), "records.arm", "there is no arm x"),
    (section(scenario_targets="maybe"), "scenario_targets", "unknown value"),
    (section(colour="red"), "colour", "there is no key colour"),
]


@pytest.mark.parametrize(
    ("tree", "key", "sentence"), MISTAKES, ids=[f"{k or 'whole'}-{i}" for i, (_, k, _) in enumerate(MISTAKES)]
)
def test_every_mistake_has_a_sentence_and_a_key(tree: dict[str, object], key: str, sentence: str) -> None:
    with pytest.raises(YiheError) as caught:
        calibration(tree)
    error = caught.value
    assert sentence in error.en
    assert error.zh
    assert error.zh != error.en
    if "nowhere.csv" not in str(tree.get("records")) or key:
        assert error.key == (f"calibrate.{key}" if key else "calibrate")


def test_a_mistake_names_its_line() -> None:
    tree, origins = parse(
        "study: s\ncalibrate:\n  parameters:\n    ties.atomisation: [0, 1]\n  targets:\n"
        "    - outcome: fee_payment\n      value: 47.9\n      error: 1\n      source: x\n",
        "study.yaml",
    )
    with pytest.raises(YiheError) as caught:
        calibration(tree["calibrate"], file="study.yaml", origins=origins)
    assert (caught.value.file, caught.value.line) == ("study.yaml", 7)
