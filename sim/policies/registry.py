"""Policies by kind: our own, those of installed packages, and those of plug-in files.

Nothing is imported before it is asked for, so that checking a scenario file loads only the policies it names.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from sim.errors import YiheError
from sim.policies.base import Policy

GROUP = "yihe.policies"
"""Entry-point group under which a package names its policies: ``kind = "module:Class"``."""

BUILT_IN: dict[str, str] = {
    "appraisal_reform": "sim.policies.appraisal_reform:AppraisalReform",
    "big_party_committee": "sim.policies.big_party_committee:BigPartyCommittee",
    "building_council": "sim.policies.building_council:BuildingCouncil",
    "building_leaders": "sim.policies.building_leaders:BuildingLeaders",
    "burden_reduction": "sim.policies.burden_reduction:BurdenReduction",
    "cadre_manner": "sim.policies.cadre_manner:CadreManner",
    "cadre_team": "sim.policies.cadre_team:CadreTeam",
    "community_funding": "sim.policies.community_funding:CommunityFunding",
    "cross_appointment": "sim.policies.cross_appointment:CrossAppointment",
    "deliberation_techniques": "sim.policies.deliberation_techniques:DeliberationTechniques",
    "devolution": "sim.policies.devolution:Devolution",
    "digital_platform": "sim.policies.digital_platform:DigitalPlatform",
    "district_support": "sim.policies.district_support:DistrictSupport",
    "emergency_linkage": "sim.policies.emergency_linkage:EmergencyLinkage",
    "empowerment_chain": "sim.policies.empowerment_chain:EmpowermentChain",
    "feedback_loop": "sim.policies.feedback_loop:FeedbackLoop",
    "gatekeeping_list": "sim.policies.gatekeeping_list:GatekeepingList",
    "grid_party_building": "sim.policies.grid_party_building:GridPartyBuilding",
    "grid_staffing": "sim.policies.grid_staffing:GridStaffing",
    "guiding_core": "sim.policies.guiding_core:GuidingCore",
    "joint_party_organisation": "sim.policies.joint_party_organisation:JointPartyOrganisation",
    "last_resort": "sim.policies.last_resort:LastResort",
    "legal_publicity": "sim.policies.legal_publicity:LegalPublicity",
    "member_model_posts": "sim.policies.member_model_posts:MemberModelPosts",
    "micro_projects": "sim.policies.micro_projects:MicroProjects",
    "mobile_members": "sim.policies.mobile_members:MobileMembers",
    "mutual_help_teams": "sim.policies.mutual_help_teams:MutualHelpTeams",
    "neighbour_covenant": "sim.policies.neighbour_covenant:NeighbourCovenant",
    "neighbour_festival": "sim.policies.neighbour_festival:NeighbourFestival",
    "no_op": "sim.policies.controls:NoOp",
    "oversight_accountability": "sim.policies.oversight_accountability:OversightAccountability",
    "owners_committee_party": "sim.policies.owners_committee_party:OwnersCommitteeParty",
    "party_alliance": "sim.policies.party_alliance:PartyAlliance",
    "party_brand": "sim.policies.party_brand:PartyBrand",
    "points_incentive": "sim.policies.points_incentive:PointsIncentive",
    "professional_mediation": "sim.policies.professional_mediation:ProfessionalMediation",
    "project_operation": "sim.policies.project_operation:ProjectOperation",
    "red_microcirculation": "sim.policies.red_microcirculation:RedMicrocirculation",
    "red_property": "sim.policies.red_property:RedProperty",
    "secretary_studio": "sim.policies.secretary_studio:SecretaryStudio",
    "service_centres": "sim.policies.service_centres:ServiceCentres",
    "sham": "sim.policies.controls:Sham",
    "space_for_service": "sim.policies.space_for_service:SpaceForService",
    "targeted_services": "sim.policies.targeted_services:TargetedServices",
    "unit_services": "sim.policies.unit_services:UnitServices",
}
"""Our own policies: kind → ``module:Class``. Every module listed must exist."""

_plugged: dict[str, type[Policy]] = {}
_plugins: dict[Path, str] = {}
_others: dict[str, dict[str, Callable[[], None]]] = {}
"""What a plug-in's module defines besides policies, and how to take each out again."""


def kinds() -> tuple[str, ...]:
    """Every known kind, in ascending order; imports no policy."""
    return tuple(sorted({*BUILT_IN, *_entries(), *_plugged}))


def policy_kinds() -> dict[str, type[Policy]]:
    """Every known policy class by kind, in ascending order of kind."""
    return {kind: _found(kind) for kind in kinds()}


def policy_class(kind: str) -> type[Policy] | None:
    """The policy of one kind, or None if there is none; imports only that one."""
    known = kind in BUILT_IN or kind in _plugged or kind in _entries()
    return _found(kind) if known else None


def plugins() -> tuple[Path, ...]:
    """Files loaded by :func:`load_plugin`, in the order they came; workers must load them again."""
    return tuple(_plugins)


def note_other(module: str, name: str, take_out: Callable[[], None]) -> None:
    """Note that a module defines something besides policies; see :mod:`sim.plugins`."""
    _others.setdefault(module, {})[name] = take_out


def others(module: str) -> tuple[str, ...]:
    """Names of what a plug-in's module defines besides policies."""
    return tuple(_others.get(module, ()))


def module_of(path: str | Path) -> str:
    """Name of the module that a loaded plug-in file became."""
    return _plugins[Path(path).resolve()]


def load_plugin(path: str | Path) -> tuple[str, ...]:
    """Load a researcher's own file and register the policies it defines.

    Loading one unchanged file twice does nothing more.

    Parameters
    ----------
    path : str or Path
        A Python file that defines one or more subclasses of :class:`sim.policies.base.Policy`, or adds
        outcomes, categories or institutions (:mod:`sim.plugins`).

    Returns
    -------
    tuple of str
        Kinds of policy it defines.

    Raises
    ------
    YiheError
        If the file is missing, fails to load, defines nothing, or reuses a name.
    """
    file = Path(path).resolve()
    name = _module_name(file, path)
    if _plugins.get(file) == name:
        return tuple(kind for kind, cls in _plugged.items() if cls.__module__ == name)
    stale = _plugins.get(file)
    _take_out(stale)
    found = _policies_in(_execute(name, file, path), name)
    if not found and name not in _others:
        raise YiheError(
            "插件里没有政策，也没有指标、类别或机构：请定义一个带 kind 的 Policy 子类",
            "the plug-in defines no policy, outcome, category or institution: add a subclass of Policy with "
            "a kind",
            file=path,
        )
    for kind, cls in found.items():
        other = _plugged.get(kind)
        if kind in BUILT_IN or kind in _entries() or (other is not None and other.__module__ != stale):
            raise YiheError(
                f"政策类型 {kind} 已经存在：请给 {cls.__name__} 换一个 kind",
                f"the kind {kind} exists already: give {cls.__name__} another kind",
                file=path,
            )
    for kind in [kind for kind, cls in _plugged.items() if cls.__module__ == stale]:
        del _plugged[kind]
    _plugged.update(found)
    _plugins[file] = name
    return tuple(found)


def _take_out(module: str | None) -> None:
    """Forget what a module defined besides policies."""
    for take_out in _others.pop(module or "", {}).values():
        take_out()


def _entries() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


def _found(kind: str) -> type[Policy]:
    if kind in _plugged:
        return _plugged[kind]
    if kind in BUILT_IN:
        module, _, name = BUILT_IN[kind].partition(":")
        cls = getattr(importlib.import_module(module), name)
    else:
        cls = _entries()[kind].load()
    if not (inspect.isclass(cls) and issubclass(cls, Policy) and kind_of(cls) == kind):
        raise TypeError(f"{kind}: {cls!r} is no Policy of that kind")
    return cls


def kind_of(cls: type[Policy]) -> str | None:
    """The kind a policy class declares; None for an abstract one."""
    default = cls.model_fields["kind"].default
    return default if isinstance(default, str) and default else None


def _module_name(file: Path, shown: str | Path) -> str:
    if not file.is_file():
        raise YiheError(
            "找不到插件文件：请检查 --plugin 的路径",
            "no such plug-in file: check the path given to --plugin",
            file=shown,
        )
    # Named by its content, so that a changed file is a new module and pickles find the right one.
    digest = hashlib.blake2b(file.read_bytes(), digest_size=6).hexdigest()
    return f"yihe_plugin_{digest}"


def _execute(name: str, file: Path, shown: str | Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise YiheError("插件须为 .py 文件", "a plug-in must be a .py file", file=shown)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except YiheError as error:
        del sys.modules[name]
        _take_out(name)
        raise YiheError(error.zh, error.en, file=shown, line=_line_of(error, file)) from error
    except Exception as error:
        del sys.modules[name]
        _take_out(name)
        what = f"{type(error).__name__}: {error}"
        raise YiheError(
            f"插件加载时出错（{what}），请先修好这个文件",
            f"the plug-in fails while loading ({what}): mend that file first",
            file=shown,
            line=_line_of(error, file),
        ) from error
    return module


def _line_of(error: Exception, file: Path) -> int | None:
    if isinstance(error, SyntaxError):
        return error.lineno
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    return lines[-1] if lines else None


def _policies_in(module: ModuleType, name: str) -> dict[str, type[Policy]]:
    found: dict[str, type[Policy]] = {}
    for cls in _classes(module):
        kind = kind_of(cls) if issubclass(cls, Policy) and cls.__module__ == name else None
        if kind is not None:
            if kind in found:
                raise YiheError(
                    f"插件里有两个政策都叫 {kind}",
                    f"two policies of the plug-in are called {kind}",
                    file=module.__file__,
                )
            found[kind] = cls
    return found


def _classes(module: ModuleType) -> Iterator[type]:
    return (value for value in vars(module).values() if inspect.isclass(value))
