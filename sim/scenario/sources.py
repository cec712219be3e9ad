"""Where numbers, policy cards, conditions and claims come from, in the reader's language.

A source is written once, where it is used: in English with the source's own words for numbers, cards and
conditions, in Chinese in our scenario files. What a plug-in or somebody's own file names stays as it was
written. S0 to S4 are the source texts.
"""

from __future__ import annotations

from sim.params import ASSUMPTION
from sim.scenario.sources_of_scenarios import SCENARIO_SOURCES

_NUMBERS_ZH: dict[str, str] = {
    ASSUMPTION: "建模假设",
    "NBS, 7th national population census 2020 (evidence.md §2)":
        "国家统计局第七次全国人口普查，2020 年（evidence.md §2）",
    "party membership statistics 2023: 99.185 m members (evidence.md §2)":
        "2023 年中国共产党党内统计公报：党员 9918.5 万名（evidence.md §2）",
    "Fischbacher, Gächter and Fehr 2001 (evidence.md §2)":
        "Fischbacher、Gächter 与 Fehr，2001 年（evidence.md §2）",
    "S0: 573 full-time grid workers in 573 grids": "S0：573 个网格配 573 名全职网格员",
    "evidence.md §2: mean residential collection 76 %, 2025":
        "evidence.md §2：2025 年住宅物业费平均收缴率 76%",
    "S0 2.3: five application centres": "S0 2.3：五个应用中心",
    "S4: a dialogue in three questions (期待, 担心, 可以做什么)":
        "S4：三个问题的对话（期待、担心、可以做什么）",
    "S0 2.2": "S0 2.2（打造党群服务阵地）",
}
_CARDS_ZH: dict[str, str] = {
    "S1 challenge 1 (科学的评估机制)": "S1 挑战一（科学的评估机制）",
    "S3 part 3(3) (“1+X”大党委); S4 (区域化大党建机制, 共建共享协议)":
        "S3 第三部分（三）（“1+X”大党委）；S4（区域化大党建机制、共建共享协议）",
    "S1 part 1 (制度保障) and path 3, Chaoyang case (楼门议事会)":
        "S1 第一部分（制度保障）、路径三 北京市朝阳区案例（楼门议事会）",
    "S0 2.1 (任命楼长); S1 path 4, Shenzhen case (楼栋长制); S4 红色骨干机制 (不能直接任命)":
        "S0 2.1（任命楼长）；S1 路径四 深圳案例（楼栋长制）；S4 红色骨干机制（不能直接任命）",
    "S0 2.1 (减轻社区组织毫无意义的干预); S3 part 2(2) (政府的“腿”，先完成考核内事项); S1 path 2 (文山会海)":
        "S0 2.1（减轻社区组织毫无意义的干预）；S3 第二部分（二）（政府的“腿”，先完成考核内事项）；"
        "S1 路径二（文山会海）",
    "S3 part 2(1) (态度恶劣、行为粗暴、思路简单、方法刻板)":
        "S3 第二部分（一）（态度恶劣、行为粗暴、思路简单、方法刻板）",
    "S0 2.2 (后备人才库、雁阵培养、角色互换); S1 path 4 and challenge 3 (头雁工程、导师制、轮岗制); "
    "S2 outlook (人才待遇)":
        "S0 2.2（后备人才库、雁阵培养、角色互换）；S1 路径四、挑战三（头雁工程、导师制、轮岗制）；"
        "S2 展望（人才待遇）",
    "S1 challenge 2 (多元化投入机制); S4 (公益创投、种子基金); S0 2.3 (购买服务)":
        "S1 挑战二（多元化投入机制）；S4（公益创投、种子基金）；S0 2.3（购买服务）",
    "S1 path 1 (交叉任职); S3 part 3(1) (推荐人选通过法定程序任负责人)":
        "S1 路径一（交叉任职）；S3 第三部分（一）（推荐人选通过法定程序任负责人）",
    "S4 新理念 (问需、问计、问效) and 新技术新方法": "S4 新理念（问需、问计、问效）、新技术新方法",
    "S4 (总原则: 三下); S3 part 2(二), 3(1) (权责不对等, 赋权赋能); S1 path 1, Lujiazui case (资源下沉)":
        "S4（总原则：三下）；S3 第二部分（二）、第三部分（一）（权责不对等、赋权赋能）；"
        "S1 路径一 陆家嘴案例（资源下沉）",
    "S1 path 2, Hangzhou case (城市大脑); S0 2.3 (红管家)":
        "S1 路径二 杭州案例（城市大脑）；S0 2.3（红管家）",
    "S0 2.3 (区直为重点的基层帮扶运行机制)": "S0 2.3（区直为重点的基层帮扶运行机制）",
    "S0 2.3 (健全治理和应急机制); S0 part 3 (韧性社区)":
        "S0 2.3（健全治理和应急机制）；S0 第三部分（韧性社区）",
    "S4 新模式 (赋权增能: 社工→社区工作者→红色团队→居民)":
        "S4 新模式（赋权增能：社工→社区工作者→红色团队→居民）",
    "S1 challenge 4 (参与-反馈-再参与)": "S1 挑战四（参与-反馈-再参与）",
    "S3 part 3(1) (重大事务、重要工作的标准清单)": "S3 第三部分（一）（重大事务、重要工作的标准清单）",
    "S1 path 1; S2 mode 1 (党建+网格化); S3 part 3(2) (四级组织); S0 2.3":
        "S1 路径一；S2 模式（一）（党建+网格化）；S3 第三部分（二）（四级组织）；S0 2.3",
    "S1 path 1 (网格化党建); S0 2.3 (573名全职网格员)": "S1 路径一（网格化党建）；S0 2.3（573名全职网格员）",
    "S4 (新角色: 包办者→引导者、观察者、增能者; 新理念)":
        "S4（新角色：包办者→引导者、观察者、增能者；新理念）",
    "S1 path 1 (联合党组织); S3 part 3(2) (楼宇、商圈、园区党组织)":
        "S1 路径一（联合党组织）；S3 第三部分（二）（楼宇、商圈、园区党组织）",
    "S3 part 3(1), 3(2) (兜底管理责任); S1 path 1 (管理真空)":
        "S3 第三部分（一）、（二）（兜底管理责任）；S1 路径一（管理真空）",
    "S0 2.3 (社区法律顾问+人民调解员+社区干部+网格员+法律明白人; 司法宣传周)":
        "S0 2.3（社区法律顾问+人民调解员+社区干部+网格员+法律明白人；司法宣传周）",
    "S2 mode 3 (党员示范岗); S0 2.3 and S3 part 3(3) (双报到)":
        "S2 模式（三）（党员示范岗）；S0 2.3、S3 第三部分（三）（双报到）",
    "S1 challenge 4 (微项目、微心愿), path 4, Shenzhen case (民生微实事)":
        "S1 挑战四（微项目、微心愿）、路径四 深圳案例（民生微实事）",
    "S4 红色骨干机制 (流动党员排查、退休党员作用); S3 part 3(3) (流动党员聚集地党建覆盖)":
        "S4 红色骨干机制（流动党员排查、退休党员作用）；S3 第三部分（三）（流动党员聚集地党建覆盖）",
    "S1 path 3, Chaoyang case (邻里互助)": "S1 路径三 北京市朝阳区案例（邻里互助）",
    "S4 红色公约机制; S1 path 3, Chaoyang case (长效机制)":
        "S4 红色公约机制；S1 路径三 北京市朝阳区案例（长效机制）",
    "S1 path 3, Chaoyang case (党建引领·社区邻里节)": "S1 路径三 北京市朝阳区案例（党建引领·社区邻里节）",
    "control; no source": "对照，没有出处",
    "S2 challenges (社会协同不够、监督与问责机制); S1 path 2 (明确目标、责任人、时间表)":
        "S2 面临的挑战（社会协同不够、监督与问责机制）；S1 路径二（明确目标、责任人、时间表）",
    "S3 part 3(2) (业主委员会中建立党组织, 指导把关); S1 path 1 (推荐党员进入业委会)":
        "S3 第三部分（二）（业主委员会中建立党组织、指导把关）；S1 路径一（推荐党员进入业委会）",
    "S1 path 1, Lujiazui case (金色中环); S3 part 3(3) (联席会议)":
        "S1 路径一 陆家嘴案例（金色中环）；S3 第三部分（三）（联席会议）",
    "S1 challenge 1 (形式主义与两张皮); S2 challenges (走形式); S3 part 3(2) (品牌), as its empty form":
        "S1 挑战一（形式主义与两张皮）；S2 面临的挑战（走形式）；S3 第三部分（二）（品牌），取其空转形态",
    "S4 红色激励机制 (公益兑换清单); S1 part 4 (积分、志愿服务记录); S0 2.1 (经济和政策激励)":
        "S4 红色激励机制（公益兑换清单）；S1 第四部分（积分、志愿服务记录）；S0 2.1（经济和政策激励）",
    "S0 2.3 (社区法律顾问+人民调解员+社区干部+网格员+法律明白人)":
        "S0 2.3（社区法律顾问+人民调解员+社区干部+网格员+法律明白人）",
    "S1 path 2 (项目化运作)": "S1 路径二（项目化运作）",
    "S4 理论内涵 (螺旋式上升) and 机制构建 (六个机制)": "S4 理论内涵（螺旋式上升）、机制构建（六个机制）",
    "S2 mode 2 (红色物业); S3 part 3(2)": "S2 模式（二）（红色物业）；S3 第三部分（二）",
    "S1 path 4, Shenzhen case (社区书记工作室)": "S1 路径四 深圳案例（社区书记工作室）",
    "S0 2.2 (约1400平方米党群活动中心, 750平方米党群驿站, 微驿站, 党群服务圈十五分钟)":
        "S0 2.2（约1400平方米党群活动中心、750平方米党群驿站、微驿站、党群服务圈十五分钟）",
    "S1 challenge 1 (形式主义与两张皮); S2 challenges": "S1 挑战一（形式主义与两张皮）；S2 面临的挑战",
    "S0 2.3 (创新服务机制: 众筹, 空间换服务); S1 challenge 2 (社会筹资)":
        "S0 2.3（创新服务机制：众筹、空间换服务）；S1 挑战二（社会筹资）",
    "S1 path 3 (全龄友好的精准服务); S3 part 2(2) (中产阶层的参与偏好)":
        "S1 路径三（全龄友好的精准服务）；S3 第二部分（二）（中产阶层的参与偏好）",
    "S1 path 1, Lujiazui case (资源下沉、一站式服务)": "S1 路径一 陆家嘴案例（资源下沉、一站式服务）",
}
_CONDITIONS_ZH: dict[str, str] = {
    "S1 part 3, challenge 1 (形式主义与“两张皮”); S2":
        "S1 第三部分 挑战一（形式主义与“两张皮”）；S2 面临的挑战",
    "S1 part 3, challenge 2": "S1 第三部分 挑战二",
    "S1 part 3, challenge 3": "S1 第三部分 挑战三",
    "S1 part 3, challenge 4": "S1 第三部分 挑战四",
    "S3 part 2(1)": "S3 第二部分（一）",
    "S3 part 2(2)": "S3 第二部分（二）",
    "S3 part 2(1) and (2)": "S3 第二部分（一）、（二）",
}

SOURCES_ZH: dict[str, str] = {
    **_NUMBERS_ZH, **_CARDS_ZH, **_CONDITIONS_ZH,
    **{written: label.zh for written, label in SCENARIO_SOURCES.items()}}
"""Chinese for each source of our own numbers, policies, conditions and scenarios, as written there."""

_SOURCES_EN: dict[str, str] = {written: label.en for written, label in SCENARIO_SOURCES.items()}


def source_in(source: str, lang: str) -> str:
    """A source in ``"zh"`` or ``"en"``; one that is not our own stays as it is."""
    return (SOURCES_ZH if lang == "zh" else _SOURCES_EN).get(source, source)


def sourced(source: str) -> dict[str, str]:
    """A source in both languages."""
    return {lang: source_in(source, lang) for lang in ("zh", "en")}
