"""Margins of places and people: what a synthetic population is made from.

Only declarations live here, so that checking a scenario file never loads the numerical packages.

**Age and position enter only hours, health, length of stay, digital ability, membership and work ties.**
Motive, norms, interest, attachment, efficacy, autonomy, trust and skill have one distribution for everyone.
"""

from __future__ import annotations

from typing import Any

from pydantic import model_validator

from sim.params import Param, Parameters
from sim.sums import added

CENSUS = "NBS, 7th national population census 2020 (evidence.md §2)"
FISCHBACHER = "Fischbacher, Gächter and Fehr 2001 (evidence.md §2)"
PARTY = "party membership statistics 2023: 99.185 m members (evidence.md §2)"

BAND_LOWS: tuple[int, ...] = tuple(range(0, 85, 5))
"""Lower bounds of the seventeen age bands 0–4 … 75–79, 80+."""

OLDEST = 94
"""Oldest age drawn; the band 80+ is spread evenly over 80 to ``OLDEST``."""

ADULT = 18
"""Age from which someone may give hours to common affairs."""


def _weight(default: float, zh: str, en: str) -> Any:
    return Param(default, unit="relative weight", ge=0, le=10, label=(zh, en))


class PlacesParameters(Parameters):
    """Geometry: streets, communities, grids, buildings and dwellings, alike everywhere."""

    communities: int = Param(1, unit="communities", ge=1, le=1000, label=("社区数", "communities"))
    streets: int = Param(1, unit="streets", ge=1, le=100, label=("街道数", "streets"))
    grids: int = Param(2, unit="grids a community", ge=1, le=20, label=("每社区网格数", "grids a community"))
    grids_total: int = Param(
        0, unit="grids", ge=0, le=5000, label=("网格总数", "grids altogether"),
        note="0: grids × communities; otherwise shared out among communities as evenly as possible",
    )
    buildings: int = Param(
        0, unit="buildings a grid", ge=0, le=200, label=("每网格楼栋数", "buildings a grid"),
        note="0: as many as the residents need at the given vacancy",
    )
    floors: int = Param(6, unit="storeys", ge=1, le=60, label=("楼层数", "storeys"))
    dwellings_per_floor: int = Param(
        6, unit="dwellings a storey", ge=1, le=40, label=("每层户数", "dwellings a storey"),
    )
    vacancy: float = Param(
        0.08, unit="share of dwellings", ge=0, le=0.9, label=("空置率", "vacancy"),
        note="used where the number of buildings follows from the residents (buildings: 0)",
    )
    unit_buildings: int = Param(
        0, unit="buildings a community", ge=0, le=50, label=("驻区单位楼栋数", "buildings of member units"),
    )


class AgeMargins(Parameters):
    """Age structure: census shares of broad groups, relative weights of the five-year bands inside them."""

    children: float = Param(
        0.1795, unit="share of residents", ge=0, le=0.5, label=("0–14 岁比例", "aged 0–14"),
        evidence="A", source=CENSUS,
    )
    elderly: float = Param(
        0.1870, unit="share of residents", ge=0, le=0.7, label=("60 岁以上比例", "aged 60+"),
        evidence="A", source=CENSUS,
    )
    seniors: float = Param(
        0.1350, unit="share of residents", ge=0, le=0.7, label=("65 岁以上比例", "aged 65+"),
        evidence="A", source=CENSUS,
    )
    w00: float = _weight(0.9, "0–4 岁权重", "weight of 0–4 within 0–14")
    w05: float = _weight(1.05, "5–9 岁权重", "weight of 5–9 within 0–14")
    w10: float = _weight(1.05, "10–14 岁权重", "weight of 10–14 within 0–14")
    w15: float = _weight(0.85, "15–19 岁权重", "weight of 15–19 within 15–59")
    w20: float = _weight(0.9, "20–24 岁权重", "weight of 20–24 within 15–59")
    w25: float = _weight(1.05, "25–29 岁权重", "weight of 25–29 within 15–59")
    w30: float = _weight(1.25, "30–34 岁权重", "weight of 30–34 within 15–59")
    w35: float = _weight(1.05, "35–39 岁权重", "weight of 35–39 within 15–59")
    w40: float = _weight(1.0, "40–44 岁权重", "weight of 40–44 within 15–59")
    w45: float = _weight(1.1, "45–49 岁权重", "weight of 45–49 within 15–59")
    w50: float = _weight(1.15, "50–54 岁权重", "weight of 50–54 within 15–59")
    w55: float = _weight(1.0, "55–59 岁权重", "weight of 55–59 within 15–59")
    w65: float = _weight(1.5, "65–69 岁权重", "weight of 65–69 within 65+")
    w70: float = _weight(1.1, "70–74 岁权重", "weight of 70–74 within 65+")
    w75: float = _weight(0.7, "75–79 岁权重", "weight of 75–79 within 65+")
    w80: float = _weight(0.75, "80 岁以上权重", "weight of 80+ within 65+")

    @model_validator(mode="after")
    def _consistent(self) -> AgeMargins:
        if self.seniors > self.elderly:
            raise ValueError("65 岁以上不得多于 60 岁以上 · seniors (65+) must not exceed elderly (60+)")
        if self.children + self.elderly >= 1:
            raise ValueError("0–14 岁与 60 岁以上之和须小于 1 · children + elderly must stay below 1")
        if min(self.w00 + self.w05 + self.w10, added(self._working()), added(self._old())) <= 0:
            raise ValueError("同组年龄权重不得全为 0 · the weights of one age group must not all be 0")
        return self

    def _working(self) -> tuple[float, ...]:
        return (self.w15, self.w20, self.w25, self.w30, self.w35, self.w40, self.w45, self.w50, self.w55)

    def _old(self) -> tuple[float, ...]:
        return (self.w65, self.w70, self.w75, self.w80)

    def band_shares(self) -> tuple[float, ...]:
        """Share of residents in each band of ``BAND_LOWS``; sums to 1."""
        young = (self.w00, self.w05, self.w10)
        working = 1.0 - self.children - self.elderly
        return (
            *(self.children * w / added(young) for w in young),
            *(working * w / added(self._working()) for w in self._working()),
            self.elderly - self.seniors,
            *(self.seniors * w / added(self._old()) for w in self._old()),
        )


class HouseholdTypes(Parameters):
    """Prior weights of household types, before they are adjusted to the age margins and mean size."""

    single: float = _weight(2.2, "单人户", "one person")
    couple: float = _weight(2.2, "夫妻户", "couple")
    couple_child: float = _weight(2.0, "夫妻与一孩", "couple with one child")
    couple_children: float = _weight(0.9, "夫妻与两孩", "couple with two children")
    parent_child: float = _weight(0.6, "单亲或老人与子女", "one parent with a child of any age")
    three_generations: float = _weight(0.6, "三代户（一位老人）", "three generations, one elder")
    three_generations_two: float = _weight(0.4, "三代户（两位老人）", "three generations, two elders")
    adult_and_elder: float = _weight(0.4, "成年人与老人", "adult with an old parent")
    sharers: float = _weight(0.5, "合租", "flatmates")

    @model_validator(mode="after")
    def _some_type(self) -> HouseholdTypes:
        if self.single + self.couple + self.couple_child + self.couple_children + self.parent_child <= 0:
            raise ValueError("常见户型权重不得全为 0 · weights of common household types must not all be 0")
        return self


class PositionShares(Parameters):
    """Positions of people of working age, and when working age ends."""

    state_middle: float = _weight(0.20, "体制内中产", "state-sector middle class")
    private_middle: float = _weight(0.25, "体制外中产", "private-sector middle class")
    worker: float = _weight(0.35, "普通职工", "worker")
    new_employment: float = _weight(0.10, "新就业群体", "new forms of employment")
    homemaker: float = _weight(0.10, "料理家务", "homemaker")
    student: float = Param(
        0.5, unit="share of people aged 18–22", ge=0, le=1, label=("18–22 岁在学比例", "students at 18–22"),
    )
    retirement_women: int = Param(55, unit="years", ge=45, le=75, label=("女性退休年龄", "women retire at"))
    retirement_men: int = Param(60, unit="years", ge=45, le=75, label=("男性退休年龄", "men retire at"))

    @model_validator(mode="after")
    def _some_work(self) -> PositionShares:
        if self.state_middle + self.private_middle + self.worker + self.new_employment <= 0:
            raise ValueError("在职类别权重不得全为 0 · the weights of working positions must not all be 0")
        return self


def _hours(default: float, zh: str, en: str) -> Any:
    return Param(default, unit="h/week", ge=0, le=40, label=(f"{zh}每周可用时间", f"free hours: {en}"))


class FreeHours(Parameters):
    """Mean weekly hours someone could give to common affairs; nobody under 18 has any."""

    retired: float = _hours(8.0, "退休人员", "retired")
    state_middle: float = _hours(3.0, "体制内中产", "state-sector middle class")
    private_middle: float = _hours(1.5, "体制外中产", "private-sector middle class")
    worker: float = _hours(2.0, "普通职工", "worker")
    new_employment: float = _hours(1.0, "新就业群体", "new forms of employment")
    homemaker: float = _hours(5.0, "料理家务", "homemaker")
    student: float = _hours(2.0, "学生", "student")
    daytime: float = _hours(1.0, "驻区单位职工", "employee of a member unit")
    spread: float = Param(
        0.7, unit="share of the mean", ge=0, le=1, label=("个体差异", "half-width of the even spread"),
    )


class Membership(Parameters):
    """Party membership by age."""

    rate: float = Param(
        0.086, unit="share of people aged 15+", ge=0, le=0.5, label=("党员比例", "party members"),
        evidence="A", source=PARTY,
    )
    older: float = Param(
        0.281, unit="share of members", ge=0, le=1, label=("61 岁以上党员比例", "members aged 61+"),
        evidence="A", source=PARTY,
    )
    mobile: float = Param(
        0.1, unit="share of members not retired", ge=0, le=1, label=("流动党员比例", "mobile members"),
    )


class Body(Parameters):
    """Health and digital ability by age: level up to an age, then a loss for each decade."""

    health: float = Param(0.9, unit="0 to 1", ge=0, le=1, label=("青壮年健康", "health of the young"))
    health_from: int = Param(45, unit="years", ge=18, le=90, label=("健康下降起始年龄", "health falls from"))
    health_loss: float = Param(
        0.09, unit="1/decade", ge=0, le=0.5, label=("健康每十年下降", "health lost a decade"),
    )
    digital: float = Param(
        0.9, unit="0 to 1", ge=0, le=1, label=("青壮年数字能力", "digital ability of the young"),
    )
    digital_from: int = Param(
        40, unit="years", ge=18, le=90, label=("数字能力下降起始年龄", "digital ability falls from"),
    )
    digital_loss: float = Param(
        0.14, unit="1/decade", ge=0, le=0.5, label=("数字能力每十年下降", "digital ability lost a decade"),
    )
    spread: float = Param(0.1, unit="standard deviation", ge=0, le=0.4, label=("个体差异", "personal spread"))


class Motives(Parameters):
    """Shares of motive types and their response to others, in logits; altruists are the rest."""

    conditional: float = Param(
        0.50, unit="share of people", ge=0, le=1, label=("条件合作者", "conditional cooperators"),
        evidence="A", source=FISCHBACHER,
    )
    free_rider: float = Param(
        0.30, unit="share of people", ge=0, le=1, label=("搭便车者", "free riders"),
        evidence="A", source=FISCHBACHER,
    )
    hump_shaped: float = Param(
        0.14, unit="share of people", ge=0, le=1, label=("驼峰型", "hump-shaped"),
        evidence="A", source=FISCHBACHER,
    )
    conditional_intercept: float = Param(
        -1.0, unit="logit", ge=-5, le=5, label=("条件合作者截距", "intercept of conditional cooperators"),
    )
    conditional_slope: float = Param(
        3.0, unit="logit per unit share", ge=0, le=10,
        label=("条件合作者斜率", "slope of conditional cooperators"),
    )
    free_rider_intercept: float = Param(
        -1.5, unit="logit", ge=-5, le=5, label=("搭便车者截距", "intercept of free riders"),
    )
    free_rider_slope: float = Param(
        0.0, unit="logit per unit share", ge=-5, le=5, label=("搭便车者斜率", "slope of free riders"),
    )
    hump_shaped_intercept: float = Param(
        -1.0, unit="logit", ge=-5, le=5, label=("驼峰型截距", "intercept of hump-shaped types"),
    )
    hump_shaped_slope: float = Param(
        2.0, unit="logit per unit share", ge=0, le=10, label=("驼峰型斜率", "slope of hump-shaped types"),
    )
    altruist_intercept: float = Param(
        0.5, unit="logit", ge=-5, le=5, label=("利他者截距", "intercept of altruists"),
    )
    altruist_slope: float = Param(
        0.0, unit="logit per unit share", ge=-5, le=5, label=("利他者斜率", "slope of altruists"),
    )
    intercept_spread: float = Param(
        0.5, unit="logit, standard deviation", ge=0, le=3, label=("截距差异", "spread of intercepts"),
    )
    slope_spread: float = Param(
        0.8, unit="logit, standard deviation", ge=0, le=3, label=("斜率差异", "spread of slopes"),
        note="only for types that respond to others; slopes never fall below 0 there",
    )

    @model_validator(mode="after")
    def _within_one(self) -> Motives:
        if self.conditional + self.free_rider + self.hump_shaped > 1 + 1e-9:
            raise ValueError("三类动机之和不得超过 1 · the three motive shares must not exceed 1 together")
        return self


def _trust(zh: str, en: str) -> Any:
    return Param(0.5, unit="0 to 1", ge=0.05, le=0.95, label=(f"对{zh}的初始信任", f"initial trust in {en}"))


class InitialTrust(Parameters):
    """Beta reputations before anything happened: means by kind of institution, one weight, wide spreads."""

    core: float = _trust("社区党委", "the community party committee")
    residents_committee: float = _trust("居委会", "the residents' committee")
    grid_worker: float = _trust("网格员", "the grid worker")
    property: float = _trust("物业公司", "the property company")
    owners_committee: float = _trust("业委会", "the owners' committee")
    social_organization: float = _trust("社会组织", "social organisations")
    partner_unit: float = _trust("驻区单位", "partner units")
    mediation: float = _trust("调解队伍", "the mediation team")
    volunteers: float = _trust("志愿团队", "volunteer teams")
    street: float = _trust("街道", "the street office")
    weight: float = Param(4.0, unit="experiences", ge=0.5, le=50, label=("初始信任权重", "weight α + β"))
    spread: float = Param(
        0.12, unit="standard deviation", ge=0, le=0.4, label=("人际差异", "spread between people"),
    )
    spread_kind: float = Param(
        0.10, unit="standard deviation", ge=0, le=0.4, label=("机构差异", "spread within a person"),
    )


def _level(default: float, zh: str, en: str) -> Any:
    return Param(default, unit="0 to 1", ge=0, le=1, label=(f"{zh}均值", f"mean {en}"))


def _spread(default: float, zh: str, en: str, unit: str = "standard deviation", le: float = 0.4) -> Any:
    return Param(default, unit=unit, ge=0, le=le, label=(f"{zh}差异", f"spread of {en}"))


class Attitudes(Parameters):
    """What people bring along, alike for every age and position."""

    interest_spread: float = _spread(0.8, "志趣", "interest", "logit, standard deviation", 3)
    attachment: float = _level(0.5, "社区认同", "attachment")
    attachment_spread: float = _spread(0.18, "社区认同", "attachment")
    efficacy: float = _level(0.5, "效能感", "efficacy")
    efficacy_spread: float = _spread(0.18, "效能感", "efficacy")
    autonomy: float = _level(0.5, "自主感", "felt autonomy")
    autonomy_spread: float = _spread(0.15, "自主感", "felt autonomy")
    skill: float = _level(0.3, "参与技能", "participation skill")
    skill_spread: float = _spread(0.15, "参与技能", "participation skill")


class Stay(Parameters):
    """Length of stay: even between 0 and a longest stay that grows with age up to 60."""

    owner: float = Param(25.0, unit="years", ge=1, le=60, label=("业主最长居住", "longest stay of owners"))
    renter: float = Param(6.0, unit="years", ge=0.5, le=40, label=("租户最长居住", "longest stay of renters"))
    young: float = Param(
        0.25, unit="share of the longest stay", ge=0, le=1, label=("18 岁时的比例", "reached at age 18"),
        note="rises evenly to 1 at age 60",
    )


class PopulationParameters(Parameters):
    """Margins of the residents."""

    residents: int = Param(
        1000, unit="residents a community", ge=10, le=50_000, label=("每社区居民数", "residents a community"),
        note="a target: met within sampling error",
    )
    household_size: float = Param(
        2.62, unit="persons a household", ge=1.2, le=4.5, label=("户均人数", "persons a household"),
        evidence="A", source=CENSUS,
    )
    male: float = Param(0.5, unit="share of residents", ge=0, le=1, label=("男性比例", "men and boys"))
    renters: float = Param(0.25, unit="share of dwellings", ge=0, le=1, label=("租户比例", "rented homes"))
    daytime: float = Param(
        0.1, unit="employees per resident", ge=0, le=5, label=("驻区单位职工比例", "daytime employees"),
        note="shared among the community's unit buildings; nobody where there are none",
    )
    unit_size: int = Param(
        25, unit="employees a unit", ge=2, le=2000, label=("每家单位职工数", "employees of a member unit"),
        note="a unit building holds as many units as its employees need")
    age: AgeMargins = AgeMargins()
    households: HouseholdTypes = HouseholdTypes()
    position: PositionShares = PositionShares()
    free_hours: FreeHours = FreeHours()
    membership: Membership = Membership()
    body: Body = Body()
    stay: Stay = Stay()
    motives: Motives = Motives()
    attitudes: Attitudes = Attitudes()
    trust: InitialTrust = InitialTrust()

    def membership_rates(self) -> tuple[float, float]:
        """Probability of membership at 18–60 and at 61+, so that both declared shares hold."""
        bands = self.age.band_shares()
        below_18 = self.age.children + bands[3] * 3.0 / 5.0
        above_60 = self.age.elderly - bands[12] / 5.0
        members = self.membership.rate * (1.0 - self.age.children)
        young = (1.0 - self.membership.older) * members / max(1.0 - below_18 - above_60, 1e-9)
        old = self.membership.older * members / max(above_60, 1e-9)
        return min(young, 1.0), min(old, 1.0)
