"""The category table: which kinds of friction and need there are, who must act, and how hard they are."""

from __future__ import annotations

from typing import Literal

from sim.params import Label, Param, Parameters
from sim.sums import added
from sim.vocabulary import Kind

Geometry = Literal["neighbours", "building", "community", "household"]
"""Between whom: two adjoining dwellings; a building's common parts; the community's; one household's own
need."""

SALIENCE = "evidence.md §2: most serious neighbourhood problem, Shanghai 2014 (salience, not incidence)"


class Category(Parameters):
    """One kind of friction or need.

    ``actors`` are the institutions that must act together, in the order in which a file would travel.
    """

    key: str
    label: Label
    geometry: Geometry
    actors: tuple[Kind, ...]
    share_salience: float = Param(
        0.0, unit="share", ge=0, le=1, label=("占比（上海2014）", "share, Shanghai 2014"))
    share_wide: float = Param(1 / 12, unit="share", ge=0, le=1, label=("占比（宽先验）", "share, wide prior"))
    latent: float = Param(
        0.0, unit="logit", ge=-6, le=4, label=("成为纠纷的基准", "becoming a dispute: intercept"))
    severity: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("严重度", "severity"))
    visibility: float = Param(0.5, unit="0 to 1", ge=0, le=1, label=("可见度", "visibility to patrols"))
    sensor: float = Param(0.0, unit="0 to 1", ge=0, le=1, label=("可感知度", "visibility to sensors"))
    hours: float = Param(
        2.0, unit="h an actor, mean", ge=0.05, le=40, label=("办理工时", "handling hours an actor"))
    authority: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("所需权限", "authority needed"))
    conflict: float = Param(0.4, unit="0 to 1", ge=0, le=1, label=("利益冲突", "conflict of interest"))
    clarity: float = Param(0.6, unit="0 to 1", ge=0, le=1, label=("职责清晰度", "clarity of duty"))
    gap: float = Param(0.1, unit="probability", ge=0, le=1, label=("管理真空", "nobody in charge"))
    overlap: float = Param(0.1, unit="probability", ge=0, le=1, label=("多头管理", "several in charge"))
    service: float = Param(
        0.3, unit="0 to 1", ge=0, le=1, label=("受物业质量影响", "bred by poor property service"))
    shared: bool = False
    """Whether many suffer alike, so that each may wait for another to report it."""


def _c(
    key: str, zh: str, en: str, geometry: Geometry, actors: tuple[Kind, ...], **numbers: object
) -> Category:
    return Category.model_validate(
        {"key": key, "label": Label(zh=zh, en=en), "geometry": geometry, "actors": actors, **numbers})


_K = Kind
CATEGORIES: tuple[Category, ...] = (
    _c("pets", "宠物扰民", "pets", "neighbours", (_K.RESIDENTS_COMMITTEE, _K.PROPERTY), share_salience=0.177,
       latent=-0.2, severity=0.35, visibility=0.4, hours=1.0, authority=0.35, conflict=0.5, clarity=0.45,
       gap=0.2, overlap=0.15, service=0.2),
    _c("posters", "乱贴广告", "posters", "building", (_K.GRID_WORKER, _K.PROPERTY), share_salience=0.156,
       latent=-0.3, severity=0.2, visibility=0.9, sensor=0.4, hours=0.5, authority=0.2, conflict=0.1,
       clarity=0.6, gap=0.1, overlap=0.2, service=0.7, shared=True),
    _c("litter", "乱扔垃圾", "litter", "building", (_K.GRID_WORKER, _K.PROPERTY), share_salience=0.107,
       latent=0.0, severity=0.35, visibility=0.85, sensor=0.6, hours=0.75, authority=0.25, conflict=0.2,
       clarity=0.6, gap=0.1, overlap=0.2, service=0.7, shared=True),
    _c("property_service", "物业服务不到位", "property service", "household",
       (_K.PROPERTY, _K.OWNERS_COMMITTEE), share_salience=0.101, latent=0.2, severity=0.5, visibility=0.4,
       hours=2.0, authority=0.4, conflict=0.6, clarity=0.7, gap=0.1, overlap=0.1, service=1.0),
    _c("noise", "噪音扰民", "noise", "neighbours", (_K.MEDIATION, _K.RESIDENTS_COMMITTEE),
       share_salience=0.072, latent=0.2, severity=0.55, visibility=0.3, hours=1.5, authority=0.35,
       conflict=0.6, clarity=0.5, gap=0.15, overlap=0.15, service=0.1),
    _c("parking", "停车难", "parking", "community", (_K.PROPERTY, _K.OWNERS_COMMITTEE, _K.PARTNER_UNIT),
       share_salience=0.019, latent=0.3, severity=0.55, visibility=0.8, sensor=0.5, hours=3.0, authority=0.5,
       conflict=0.7, clarity=0.4, gap=0.2, overlap=0.2, service=0.4),
    _c("stacking", "楼道堆物", "things stacked in stairwells", "building",
       (_K.GRID_WORKER, _K.PROPERTY, _K.RESIDENTS_COMMITTEE), latent=0.2, severity=0.5, visibility=0.9,
       sensor=0.1, hours=1.0, authority=0.35, conflict=0.6, clarity=0.45, gap=0.15, overlap=0.25, service=0.4,
       shared=True),
    _c("leak", "房屋渗漏", "leaks", "neighbours", (_K.PROPERTY, _K.MEDIATION, _K.OWNERS_COMMITTEE),
       latent=0.8, severity=0.85, visibility=0.2, hours=3.0, authority=0.4, conflict=0.6, clarity=0.5,
       gap=0.15, overlap=0.15, service=0.3),
    _c("renewal", "加装电梯与改造", "lifts and renewal", "building",
       (_K.STREET, _K.RESIDENTS_COMMITTEE, _K.OWNERS_COMMITTEE), latent=0.0, severity=0.6, visibility=0.6,
       hours=5.0, authority=0.6, conflict=0.85, clarity=0.4, gap=0.15, overlap=0.2, service=0.0),
    _c("fire_lane", "消防通道占用", "blocked fire lanes", "community", (_K.GRID_WORKER, _K.PROPERTY),
       latent=0.0, severity=0.8, visibility=0.9, sensor=0.9, hours=0.4, authority=0.5, conflict=0.3,
       clarity=0.6, gap=0.1, overlap=0.2, service=0.4, shared=True),
    _c("care", "一老一小照护", "care for old and young", "household",
       (_K.RESIDENTS_COMMITTEE, _K.SOCIAL_ORGANIZATION), latent=0.5, severity=0.6, visibility=0.2, hours=2.5,
       authority=0.1, conflict=0.05, clarity=0.5, gap=0.2, overlap=0.1, service=0.0),
    _c("other", "其他", "other", "household", (_K.RESIDENTS_COMMITTEE,), share_salience=0.368, latent=0.0,
       severity=0.4, visibility=0.4, sensor=0.1, hours=1.5, authority=0.3, conflict=0.3, clarity=0.5,
       gap=0.15, overlap=0.15, service=0.2),
)
"""All categories; the position of each is its code.

The six shares of ``share_salience`` with a name and 36.8 % other are from the Shanghai survey (grade B,
salience of the *most serious* problem taken as incidence: grade D); every other number is grade D.
"""

TASK = len(CATEGORIES)
"""Code of a task from above in the case table."""


def shares(preset: str) -> tuple[float, ...]:
    """Share of each category among potential frictions; adds up to 1.

    Parameters
    ----------
    preset : {"salience_shanghai_2014", "wide_prior"}
    """
    raw = [c.share_salience if preset == "salience_shanghai_2014" else c.share_wide for c in CATEGORIES]
    total = added(raw)
    return tuple(r / total for r in raw)
