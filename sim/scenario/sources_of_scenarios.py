"""Sources that our own scenario files name, in both languages.

A file has one text, mostly in Chinese; the key is that text as it stands in the file.
"""

from __future__ import annotations

from sim.params import Label


def _l(zh: str, en: str) -> Label:
    return Label(zh=zh, en=en)


_OF_SCENARIOS: dict[str, Label] = {source: _l(source, en) for source, en in {
    "S0 2.2 与 2.3": "S0 2.2 and 2.3",
    "S0 2.3 健全治理和应急机制；第三部分 韧性社区":
        "S0 2.3, sounder mechanisms of governance and emergency; part 3, resilient communities",
    "S1 北京市朝阳区": "S1, Chaoyang district, Beijing",
    "S1 挑战一 形式主义与“两张皮”；S2 面临的挑战": "S1 challenge 1, form without substance; S2 challenges",
    "S1 第一部分 政治引领（老旧小区改造）；S2 模式（二）；S3 第三部分（二）":
        "S1 part 1, political leadership (renewal of old estates); S2 mode 2; S3 part 3(2)",
    "S1 第二部分四条路径，挑战二 资源保障不足；S0、S2、S3、S4":
        "S1 part 2, four paths, and challenge 2, scarce means; S0, S2, S3, S4",
    "S1 路径一 陆家嘴“金色中环”": "S1 path 1, Lujiazui, the Golden Ring",
    "S1 路径二 杭州“城市大脑”": "S1 path 2, Hangzhou, City Brain",
    "S1 路径四 深圳“社区书记工作室”": "S1 path 4, Shenzhen, studios of community secretaries",
    "S2 模式与举措（一）（二）（三）": "S2 modes 1, 2 and 3",
    "S3 第三部分（三）一核多元、1+X大党委；S4 红色资源机制":
        "S3 part 3(3), one core and many actors, the 1+X committee; S4, red mechanism of resources",
    "S4 党建+红色微循环": "S4, party building with red microcirculation",
}.items()}

_OURS = {source: _l(f"D 我们的推理{zh}", f"D, our reasoning{en}") for source, zh, en in (
    ("D 我们的推理 · our reasoning", "", ""),
    *((f"D 我们的推理 · our reasoning ({at}{kind}, harm)", f"（{at}政策卡 {kind} 何时有害）",
       f" ({en}card of {kind}, does harm)") for at, en, kind in (
        ("S0 2.3；", "S0 2.3; ", "emergency_linkage"),
        ("S1 挑战一；", "S1 challenge 1; ", "appraisal_reform"),
        ("S1 挑战一；", "S1 challenge 1; ", "neighbour_festival"),
        ("S1 路径一；", "S1 path 1; ", "party_alliance"),
        ("S1 路径四；", "S1 path 4; ", "secretary_studio"),
        ("S2；", "S2; ", "red_property"),
        ("S3 权责不对等；", "S3, duties without authority; ", "grid_party_building"),
        ("S3；", "S3; ", "big_party_committee"),
        ("S4；", "S4; ", "red_microcirculation"),
        ("", "", "neighbour_covenant"))),
    *((f"D 我们的推理 · our reasoning ({at}evidence.md §4, pattern {n})", f"（{at}evidence.md §4，特征 {n}）",
       f" ({en}evidence.md §4, pattern {n})") for at, en, n in (
        ("", "", 12), ("S1 路径二；", "S1 path 2; ", 12), ("S3；", "S3; ", 15))))}

_OF_CLAIMS: dict[str, Label] = {source: _l(source, en) for source, en in {
    "S0 2.3（三级联动）、第三部分（迅速恢复）":
        "S0 2.3 (linkage of three levels) and part 3 (quick recovery)",
    "S0 2.3（全天候民呼我应）": "S0 2.3 (residents' calls answered round the clock)",
    "S0 2.3（提高了联动效率）": "S0 2.3 (linkage made more efficient)",
    "S0 2.3（紧急应对）": "S0 2.3 (response to emergencies)",
    "S1 北京市朝阳区（邻里节）": "S1, Chaoyang district, Beijing (neighbours' festival)",
    "S1 挑战一（科学的评估机制）": "S1 challenge 1 (sound appraisal)",
    "S1 挑战一（问题解决率）": "S1 challenge 1 (share of problems solved)",
    "S1 挑战二（资源保障不足）": "S1 challenge 2 (scarce means)",
    "S1 第一部分（政治引领、制度保障）": "S1 part 1 (political leadership, institutional guarantees)",
    "S1 第一部分（统筹协调各方，避免项目停滞）":
        "S1 part 1 (all sides coordinated, so that projects do not stall)",
    "S1 第二部分（四条路径）": "S1 part 2 (four paths)",
    "S1 路径一（金色中环）": "S1 path 1 (Golden Ring)",
    "S1 路径二（轶事）": "S1 path 2 (an anecdote)",
    "S1 路径四（社区书记工作室）": "S1 path 4 (studios of community secretaries)",
    "S2 模式（一）党建+网格化（信息不对称）":
        "S2 mode 1, party building on the grid (asymmetric information)",
    "S2 模式（三）党员示范岗": "S2 mode 3, model posts of party members",
    "S2 模式（二）红色物业": "S2 mode 2, red property management",
    "S3 第三部分（三）一核多元": "S3 part 3(3), one core and many actors",
    "S3 第三部分（三）协调联动": "S3 part 3(3), coordination and linkage",
    "S3 第三部分（二）业委会党组织": "S3 part 3(2), party organisations in owners' committees",
    "S4 新理念": "S4, new ideas",
    "S4 理论内涵（从自助、互助到参与公共事务，再到志愿活动）":
        "S4, theory (from helping oneself and each other to public affairs, then to volunteering)",
    "S4 理论内涵（螺旋式上升）": "S4, theory (an upward spiral)",
    "S4 红色资源机制（互惠互利）": "S4, red mechanism of resources (mutual benefit)",
    "S4 红色骨干机制（不能直接任命）": "S4, red mechanism of backbones (they cannot be appointed)",
}.items()}

_READ_BY_US: dict[str, Label] = {
    "S0 2.2（十五分钟服务圈）；方向为我们的推论 · our inference": _l(
        "S0 2.2（十五分钟服务圈）；方向为我们的推论",
        "S0 2.2 (services within 15 minutes); the direction is our inference"),
    "S0 第三部分（凝聚民众之心）；方向为我们的推论 · our inference": _l(
        "S0 第三部分（凝聚民众之心）；方向为我们的推论",
        "S0 part 3 (bringing people together); the direction is our inference"),
    "S1 挑战一（缺乏实际效果）；减少为我们的推论 · that it falls is our inference": _l(
        "S1 挑战一（缺乏实际效果）；减少为我们的推论",
        "S1 challenge 1 (little real effect); that it falls is our inference"),
    "S1 挑战一；evidence.md §4, pattern 9": _l(
        "S1 挑战一；evidence.md §4，特征 9", "S1 challenge 1; evidence.md §4, pattern 9"),
    "S1 路径一（街道党工委牵头）；方向为我们的推论 · our inference": _l(
        "S1 路径一（街道党工委牵头）；方向为我们的推论",
        "S1 path 1 (led by the street's party working committee); the direction is our inference"),
    "S1 路径二（城市大脑），效率×1.5的读法 · read as 1.5 times as efficient": _l(
        "S1 路径二（城市大脑），按效率为 1.5 倍解读",
        "S1 path 2 (City Brain), read as 1.5 times as efficient"),
    "S1 路径二（城市大脑），时间减半的读法 · read as half the time": _l(
        "S1 路径二（城市大脑），按用时减半解读", "S1 path 2 (City Brain), read as half the time"),
    "S4 机制构建（六个机制）；方向为我们的推论 · our inference": _l(
        "S4 机制构建（六个机制）；方向为我们的推论", "S4, six mechanisms; the direction is our inference"),
    "evidence.md §4, pattern 12；方向为我们的推论 · our inference": _l(
        "evidence.md §4，特征 12；方向为我们的推论",
        "evidence.md §4, pattern 12; the direction is our inference"),
}

SCENARIO_SOURCES: dict[str, Label] = {**_OF_SCENARIOS, **_OF_CLAIMS, **_READ_BY_US, **_OURS}
"""Both forms of each source of our own scenarios and their claims, by the text in the file."""
