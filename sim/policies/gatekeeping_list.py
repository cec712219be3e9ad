"""重大事项清单 and 党组织把关: weighty matters pass the core before anyone acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from sim.ledger.budget import Request
from sim.params import Label, Param
from sim.policies.base import CORE_LED, Card, FloatArray
from sim.policies.common import CommunityPolicy
from sim.vocabulary import Kind, Regime

if TYPE_CHECKING:
    from sim.view import ModelView


class GatekeepingList(CommunityPolicy):
    """把关清单: matters on the list wait for the core and then carry its authority."""

    kind: Literal["gatekeeping_list"] = "gatekeeping_list"
    convenors: ClassVar[frozenset[Regime]] = CORE_LED
    card: ClassVar[Card] = Card(
        name=Label(zh="重大事项清单（党组织把关）", en="list of weighty matters that pass the core"),
        mechanism=Label(
            zh="清单内的重要事项先由党组织研究，再按程序办：先在党委排队，占用其工时，通过后带着党委的权威去办；"
            "清单写明归谁管，职责更清，各方更听统筹。",
            en="Weighty matters on the list are studied by the core before anyone acts: they wait in its "
            "queue and take its hours, and afterwards carry its authority. The list says who answers for "
            "what: duties are clearer and others heed the core more.",
        ),
        cost=Label(
            zh="党委研究会议的注意力、居委会报送材料的工时、少量经费；每件事项的等待。",
            en="The core's attention at its sittings, the residents' committee's hours on submissions, a "
            "little money; a wait for every matter.",
        ),
        claim=Label(
            zh="事关居民切身利益的事项必须经过党组织领导把关，重要事项研究讨论后按程序决定（来源未给出数字）。",
            en="Whatever touches residents' interests passes the party organisation before it is decided "
            "(no figure given).",
        ),
        source="S3 part 3(1) (重大事务、重要工作的标准清单)",
        harm=Label(
            zh="清单越长、党委越忙，越多事项卡在党委排队，等待随负荷急升；材料报送挤占一线。"
            "与“引导者”角色相抵：放手与把关不能兼得。",
            en="The longer the list and the busier the core, the more matters wait at its door, the wait "
            "growing steeply with load; submissions take line hours. It works against handing cases over: "
            "one cannot both let go and approve.",
        ),
    )

    scope: float = Param(0.3, unit="share of weighty cases", ge=0, le=1,
                         label=("清单覆盖面", "cases on the list"))
    authority: float = Param(0.06, unit="0 to 1", ge=0, le=0.4,
                             label=("统筹权威", "the core's authority"),
                             note="over all cases it convenes, as others know what it may decide")
    clarity: float = Param(0.08, unit="0 to 1", ge=0, le=0.5, label=("职责清晰度", "clarity of duty"))
    attention: float = Param(2.0, unit="h a week per 1,000 residents", ge=0, le=40,
                             label=("研究会议注意力", "the core's attention at its sittings"))
    submission_hours: float = Param(1.5, unit="h a week per 1,000 residents at full scope", ge=0, le=40,
                                    label=("材料报送工时", "hours on submissions"),
                                    note="of the residents' committee, as paperwork")
    money: float = Param(30.0, unit="yuan a week per 1,000 residents", ge=0, le=20000,
                         label=("经费", "money"))

    def request(self, view: ModelView) -> Request:
        """Attention for the sittings and a little money."""
        scale = self.thousands(view)
        return self.ask(view, self.money * scale, self.attention * scale)

    def act(self, view: ModelView, level: FloatArray) -> None:
        """Send weighty cases through the core; make its say known; file submissions."""
        strength = self.strength(view, level)
        view.levers.add("approval", self.scope * strength)
        view.levers.add("authority", self.authority * strength)
        view.levers.add("clarity", self.clarity * strength)
        hours = self.submission_hours * self.scope * strength * self.residents(view)
        view.levers.add("paper_hours", hours, kind=Kind.RESIDENTS_COMMITTEE)
