"""The field's terms as integer codes, each with its Chinese and English name.

Codes are stored in columns and compared inside compiled kernels, so their values are fixed: new members are
added at the end and never renumbered.
"""

from __future__ import annotations

from enum import IntEnum


class Term(IntEnum):
    """An integer code with a Chinese and an English name."""

    zh: str
    en: str

    def __new__(cls, value: int, zh: str, en: str) -> Term:
        """Make a member from its code and its two names."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member

    @property
    def key(self) -> str:
        """Name as written in files and tables: lower case."""
        return self.name.lower()

    def label(self, lang: str) -> str:
        """Name in ``"zh"`` or ``"en"``."""
        return self.zh if lang == "zh" else self.en


class Regime(Term):
    """协调方式: who convenes, who decides and where the core's attention goes."""

    FRAGMENTED = 0, "多头无核", "fragmented"
    ADMINISTRATIVE = 1, "行政包办", "administrative"
    ONE_CORE = 2, "一核多元", "one core, many actors"
    SELF_GOVERNING = 3, "居民自治", "self-governing"


class Kind(Term):
    """机构: the ten kinds of institution."""

    CORE = 0, "社区党委", "community party committee"
    RESIDENTS_COMMITTEE = 1, "居委会", "residents' committee"
    GRID_WORKER = 2, "网格员", "grid worker"
    PROPERTY = 3, "物业公司", "property company"
    OWNERS_COMMITTEE = 4, "业委会", "owners' committee"
    SOCIAL_ORGANIZATION = 5, "社会组织", "social organisation"
    PARTNER_UNIT = 6, "驻区单位", "partner unit"
    MEDIATION = 7, "调解队伍", "mediation team"
    VOLUNTEERS = 8, "志愿团队", "volunteer team"
    STREET = 9, "街道", "street office"


class Position(Term):
    """社会位置: position in work and life."""

    RETIRED = 0, "退休人员", "retired"
    STATE_MIDDLE = 1, "体制内中产", "state-sector middle class"
    PRIVATE_MIDDLE = 2, "体制外中产", "private-sector middle class"
    WORKER = 3, "普通职工", "worker"
    NEW_EMPLOYMENT = 4, "新就业群体", "new forms of employment"
    HOMEMAKER = 5, "料理家务", "homemaker"
    STUDENT = 6, "学生", "student"


class Membership(Term):
    """党员身份."""

    NONE = 0, "非党员", "not a member"
    IN_SERVICE = 1, "在职党员", "in-service member"
    RETIRED = 2, "退休党员", "retired member"
    MOBILE = 3, "流动党员", "mobile member"


class Tenure(Term):
    """居住性质."""

    OWNER = 0, "业主", "owner"
    RENTER = 1, "租户", "renter"


class Sex(Term):
    """性别."""

    FEMALE = 0, "女", "female"
    MALE = 1, "男", "male"


class Motive(Term):
    """合作动机 (Fischbacher, Gächter, Fehr 2001)."""

    CONDITIONAL = 0, "条件合作者", "conditional cooperator"
    FREE_RIDER = 1, "搭便车者", "free rider"
    HUMP_SHAPED = 2, "驼峰型", "hump-shaped"
    ALTRUIST = 3, "利他者", "altruist"


class Stage(Term):
    """参与阶梯: self-help → mutual help → public affairs → volunteer (S4)."""

    SELF_HELP = 0, "自助", "self-help"
    MUTUAL_HELP = 1, "互助", "mutual help"
    PUBLIC_AFFAIRS = 2, "公共事务", "public affairs"
    VOLUNTEER = 3, "志愿骨干", "volunteer"


class Layer(Term):
    """关系层."""

    HOUSEHOLD = 0, "家庭", "household"
    BUILDING = 1, "同楼", "same building"
    FRIENDSHIP = 2, "朋友", "friendship"
    WORK = 3, "单位与党组织", "workplace or party organisation"
    EVENT = 4, "活动结识", "met at an event"


class Activity(Term):
    """参与机会的种类."""

    MEETING = 0, "议事会", "deliberation meeting"
    SHIFT = 1, "志愿服务", "volunteer shift"
    FESTIVAL = 2, "邻里节", "festival"
    PROJECT = 3, "项目团队", "project team"
    MICRO_WISH = 4, "线上微心愿", "online micro-wish"
    VOTE = 5, "业主表决", "owners' vote"
    PATROL = 6, "邻里巡逻", "neighbourhood patrol"
    MUTUAL_HELP = 7, "邻里互助", "neighbours' mutual help"


class Status(Term):
    """案件状态: every friction that became latent is in exactly one."""

    SILENT = 0, "沉默", "silent"
    OPEN = 1, "办理中", "open"
    RESOLVED = 2, "实际化解", "really resolved"
    PAPER = 3, "纸面办结", "closed on paper"
    ESCALATED = 4, "上交街道", "with the street"


class Channel(Term):
    """问题由谁发现."""

    NONE = 0, "未被发现", "not found"
    NEIGHBOUR = 1, "邻居", "neighbour"
    BUILDING_LEADER = 2, "楼长/党小组", "building leader or group"
    GRID_WORKER = 3, "网格员", "grid worker"
    PROPERTY = 4, "物业", "property company"
    RESIDENTS_COMMITTEE = 5, "居委会", "residents' committee"
    APP = 6, "民呼我为/12345", "app or hotline"
    PATROL = 7, "巡查", "patrol"
    SENSOR = 8, "智能感知", "sensor"


EVERYONE, MEMBERS_ONLY, OWNERS_ONLY = 0, 1, 2
"""Whom an opportunity is open to."""

AGE_BANDS: tuple[tuple[int, str], ...] = (
    (0, "0–17"), (18, "18–29"), (30, "30–39"), (40, "40–49"), (50, "50–59"), (60, "60–69"), (70, "70–79"),
    (80, "80+"),
)
"""Lower bound and name of each age band; a band ends where the next begins."""

WEEK_HOURS = 40.0
"""Working hours in a week: the unit of the continuous working-time axis."""

CLOCK_HOURS = 168.0
"""Clock hours in a week."""

MOST_AUDIENCES = 32
"""Audiences that offers of one week can be addressed to: bits of a word."""
