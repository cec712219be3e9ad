"""Notes to declared numbers in Chinese.

A note is written once, in English, where the number is declared (:func:`sim.params.Param`). A plug-in's
policy may bring notes of its own; those stay as they were written.
"""

from __future__ import annotations

_WORLD_NOTES_ZH: dict[str, str] = {
    # Places and population.
    "0: grids × communities; otherwise shared out among communities as evenly as possible":
        "填 0 时为每社区网格数×社区数；否则尽量均匀地分给各社区",
    "0: as many as the residents need at the given vacancy": "填 0 时按居民数和空置率推算所需楼栋数",
    "used where the number of buildings follows from the residents (buildings: 0)":
        "只在楼栋数由居民数推算时（buildings: 0）使用",
    "a target: met within sampling error": "目标值：生成的人口在抽样误差内与之相符",
    "shared among the community's unit buildings; nobody where there are none":
        "由本社区各单位楼分摊；没有单位楼则没有职工",
    "a unit building holds as many units as its employees need": "单位楼内的单位数按职工数推算",
    "rises evenly to 1 at age 60": "随年龄线性上升，60 岁时为 1",
    "only for types that respond to others; slopes never fall below 0 there":
        "只用于会对他人作出反应的类型；这些类型的斜率不低于 0",
    # Ties.
    "nominal: two adults a dwelling, average stay and tenure":
        "名义值：按每套住房两名成人、平均居住年限和一般产权状况计",
    "knowing neighbours grows evenly with stay up to ten years":
        "认识邻居的程度随居住年限线性增长，到十年为止",
    "nominal: at the declared age margins, every dwelling lived in": "名义值：按所设年龄构成、住房全部住满计",
    "0: friends are chosen without regard to age and position": "为 0 时择友不看年龄和社会位置",
    "thins building and friendship ties; raising it only removes ties":
        "使同楼关系和朋友关系变稀；调高时只删去关系，不另生成关系",
    "read by the textbook graphs only": "只有教科书式网络（随机图、小世界等）才读取",
    # Participation and experience.
    "in logits for an invitation that was heard; free of age and class":
        "对数几率，指已收到邀请时；不含年龄和阶层的差别",
    "counts into the hours an offline opportunity takes": "计入一次线下参与所占用的小时数",
    "even between 1 − and 1 + this share": "在 1−该值与 1＋该值之间均匀分布",
    "direction from the motivation-crowding literature; size assumed": "方向依据动机挤出文献；大小为假设",
    "1 − anchor of the Friedkin–Johnsen average":
        "等于 1 减去 Friedkin–Johnsen 加权平均中对自身初始看法的固守权重",
    "the rest is felt fairness": "其余为公平感",
    # Handling of cases.
    "falls evenly to half the usual at full skill when left at 1.5":
        "取 1.5 时，倍数随能力线性下降，能力充分时为通常工时的一半",
    "the rest is the manner of those who handle the case": "其余为办件人员的态度作风",
    "who has waited longer gives up and nobody serves the case; overdue tasks lapse too":
        "排队超过此时长即中途放弃，该件不再有人办理；逾期的上级任务也随之作废",
    "failures are closed on paper with this weight; staff then spend hours on records":
        "办不成的件按此权重以台账办结；人员因此要在台账上花工时",
    # Institutions.
    "cut it to see one_core fall behind": "调低它，可看到一核多元（one_core）落后",
    "where the core leads, and owners' committee or volunteers can":
        "限于由党委牵头、业委会或志愿者又有能力承接的案件",
    "rounded; each place has its turn at a phase of its own":
        "取整到周；各处起始相位不同，轮到的周次相互错开",
    "half of it without load, one and a half times at full load": "无负荷时为其一半，满负荷时为其一倍半",
    "captured committees stop overseeing the property company": "被俘获的业委会不再监督物业公司",
}
"""Notes of the community, its institutions and processes."""

_POLICY_NOTES_ZH: dict[str, str] = {
    "buildings are picked by a draw that stays the same all run long; a larger share keeps the earlier ones":
        "楼栋由抽签选定，一次运行中始终不变；比例调大时，原已选中的楼栋保留",
    # Who pays and who works.
    "out of their own staff, from outside the community": "出自驻区单位自己的人员，属社区外资源",
    "out of their own staff, from outside the community; never more than they can spare":
        "出自驻区单位自己的人员，属社区外资源；以其能抽出的工时为限",
    "from outside the community: not its cost, but not free to society":
        "来自社区之外：不计入社区成本，但对社会并非没有成本",
    "of the residents' committee": "由居委会承担",
    "of the residents' committee, as paperwork": "由居委会承担，记作材料留痕工时",
    "of the residents' committee, when open all the days": "由居委会承担，按天天开放计",
    "of the residents' committee, spread over the weeks between surveys":
        "由居委会承担，分摊到两次摸底之间的各周",
    "each for the residents' committee and the grid workers": "居委会和网格员各计一份",
    "of grid workers": "由网格员承担",
    "from the social organisation": "由社会组织承担",
    "taken from the core's attention, given to the residents' committee": "从党委注意力中扣除，计给居委会",
    "taken from their other work and spent on patrol": "从网格员其他工作中抽出，用于巡查",
    "given by members, out of their own free time, and steered by the core":
        "由党员用自己的空闲时间承担，由党委调度",
    "from departments outside the model; the community pays their keep":
        "来自模型之外的区直部门；食宿由社区负担",
    "paid by the hour from the programme's money": "按小时计酬，从本项目经费中支付",
    "the posts' pay comes on top": "党员岗的报酬另计",
    "bought in by the hour": "按小时购买服务",
    "applying, courting, running": "含申报、洽谈赞助和日常运作",
    "never more than their free hours": "以其空闲时间为限",
    "never more than the member's free hours": "以党员本人的空闲时间为限",
    "never more than the organisation's staff can give": "以社会组织人员能提供的工时为限",
    "times the usual staff of a social organisation": "乘以社会组织的通常人员数",
    "paid whether or not somebody uses the room": "场地有没有人用都照付",
    "hours of works follow from the money spent": "施工工时由所花经费折算",
    "spread over the weeks between drills": "分摊到两次演练之间的各周",
    "spread over the weeks between appeals": "分摊到两次众筹之间的各周",
    # Units, seats, exchange.
    "partner units first, then company, owners' committee, social organisation; no more than there are":
        "依次为驻区单位、物业公司、业委会、社会组织；以实有数为限",
    "exchange and services together, a seated unit": "资源交换与服务合计，按每家任兼职委员的单位计",
    "exchange and services together": "资源交换与服务合计",
    "its existence is C (S1, Lujiazui case), the share an assumption; members chair in turn, so each bears "
    "its part of those hours":
        "轮值制度本身为 C 级（S1 陆家嘴案例），比例为假设；成员单位轮流主持，各担一份工时",
    "in owners' committee and property company": "指在业委会和物业公司中任职",
    "held in the building where they work": "在其工作的楼宇内举办",
    "parking, meals and hiring, in the Lujiazui case (S1)": "S1 陆家嘴案例中为停车、就餐和招聘",
    "in the stage of resources": "资源阶段",
    "by the team, in the stages of teams and incentives": "由团队动用，在团队和激励两个阶段",
    # Meetings, skill, authority.
    "where as many buildings meet this week as do in a usual one, or more":
        "本周开会的楼栋数不少于平常一周时达到此值，较少时按比例降低",
    "of facilitation learnt, needs known and evaluations alike":
        "学到的主持能力、掌握的需求和评估结果都按此比例消退",
    "over all cases it convenes, as others know what it may decide":
        "适用于党委召集的全部案件，因为各方都知道它有权决定什么",
    "what is asked of the core is what the company is overseen": "党委付出多少工时，物业就受到多少监督",
    "near 0: a covenant imposed from above": "接近 0 即由上面定下的公约",
    "reached if the whole building takes part in one fruitful session with a full say":
        "全楼到场、发言权充分、一次对话见效时达到此值",
    "delay and lost say count for this share of all meetings; two of twelve kinds of dispute call for "
    "mediators":
        "程序带来的延误和发言权损失按此比例计入全部协商；十二类纠纷中有两类需要调解员",
    # Leaders, backbones, volunteers, members.
    "rises to 1 with the habit and skill they have shown": "随其表现出的参与习惯和能力上升，最高为 1",
    "for the appointed; the discovered get honour only": "只给被任命者；被发现者只有荣誉",
    "of an active resident who has shown habit and rung": "指习惯和参与阶梯都已达到要求的活跃居民",
    "1 for those discovered": "被发现的骨干为 1",
    "residents on the rung of public affairs or above; a volunteer team that stands counts too":
        "计参与阶梯达到“公共事务”及以上的居民；已成形的志愿团队也算",
    "above 0 it crowds out motive": "大于 0 时挤出内在动机",
    "members are asked in person": "当面动员党员",
    "as many as there are people to visit": "与需要探访的人数相当",
    "a link takes about 1/pace weeks": "每传导一环约需 1/速度 周",
    "acts on all staff of the community, as turnover does": "与流动率一样，作用于社区全部工作人员",
    # Cases, tasks, emergencies.
    "default: 4 tasks a week of 6 h, the world's own defaults; set it with them":
        "默认为每周 4 项、每项 6 小时，与外部世界的默认值一致；改那里时请一并改这里",
    "with the street's share this may exceed 1: handing back and forth makes work":
        "与“街道自办”相加可以超过 1：来回交接本身产生工作量",
    "first nine months of 接诉即办: +40 % calls (evidence.md §2, B), with no control; scaled by coverage of "
    "the app":
        "接诉即办头九个月来电增加 40%（evidence.md §2，B 级），没有对照；按应用覆盖率折算",
    "at least one": "至少一个社区",
    "means are granted team by team: who cannot be given all gets some":
        "经费和人员按队拨付：不能全给的，可先给一部分",
    # Projects, services, places, seasons.
    "the others second a wish": "其余的人附议他人的心愿",
    "only in a week in which the project bears fruit": "只在项目见效的那一周折算",
    "picked by a draw that stays the same; no more than there are": "由抽签选定，始终不变；以实有社区数为限",
    "each community has a drawn place between 0 and 1 for each practice":
        "对每种做法，各社区的条件以 0 到 1 之间抽定的一个位置表示，两端即条件相反",
    "others copy the first showcase": "其余照搬第一个示范社区",
    "one Shanghai sub-district has 50,000 (evidence.md §2, B); that a centre serves one is assumed":
        "上海一个街道有 5 万人（evidence.md §2，B 级）；一个中心服务一个街道为假设",
    "persons a 居委会 about 4,200 (evidence.md §2, B); that each has one station is assumed":
        "每个居委会约 4,200 人（evidence.md §2，B 级）；每个居委会有一处驿站为假设",
    "the whole way takes 0.4 h by default": "全程往返默认为 0.4 小时",
    "years are counted from the start of the warm-up": "年份从预热开始时算起",
    "years are counted from the start of the warm-up, which lasts whole years by default":
        "年份从预热开始时算起；预热默认为整年",
    "middle class offers only": "只用于面向中产的活动",
}
"""Notes that only numbers of policies have."""

NOTES_ZH: dict[str, str] = {**_WORLD_NOTES_ZH, **_POLICY_NOTES_ZH}
"""Chinese for each note of :func:`sim.params.declared`, by its English form."""


def note_in(note: str, lang: str) -> str:
    """A note in ``"zh"`` or ``"en"``; one that has no Chinese form stays as it is."""
    return NOTES_ZH.get(note, note) if lang == "zh" else note


def noted(note: str) -> dict[str, str] | None:
    """A note in both languages; ``None`` if there is none."""
    return {lang: note_in(note, lang) for lang in ("zh", "en")} if note else None
