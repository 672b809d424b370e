# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How restrictive OpenShift takes an SCC to be. Source: apiserver-library-go, securitycontextconstraints/util/sort."""

from __future__ import annotations

from .model import ANY, MUST_RUN_AS, MUST_RUN_AS_NON_ROOT, MUST_RUN_AS_RANGE, RUN_AS_ANY, SCC

PRIVILEGED = 1_600_000
HOST_PORTS = 800_000
HOST_NETWORK = 400_000
HOST_VOLUME = 200_000
OTHER_VOLUME = 100_000
STRATEGY = {RUN_AS_ANY: 40_000, MUST_RUN_AS_NON_ROOT: 30_000, MUST_RUN_AS_RANGE: 20_000, MUST_RUN_AS: 10_000}
CAPABILITIES = 5_000
CAPABILITIES_LIMIT = 9_999
ADDED_BY_DEFAULT = 300
ALL_ALLOWED = 4_000
ONE_ALLOWED = 10
ALL_DROPPED = -3_000
ONE_DROPPED = -50
TRIVIAL_VOLUMES = frozenset({"secret", "configMap", "emptyDir", "downwardAPI", "projected", "none"})


def points(scc: SCC) -> int:
    """Points of an SCC; among candidates of the same priority the one with fewer is tried first."""
    return (
        PRIVILEGED * scc.allow_privileged
        + HOST_PORTS * scc.allow_host_ports
        + HOST_NETWORK * scc.allow_host_network
        + _volumes(scc)
        + STRATEGY.get(scc.se_linux.type, 0)
        + STRATEGY.get(scc.run_as_user.type, 0)
        + _capabilities(scc)
    )


def _volumes(scc: SCC) -> int:
    if "hostPath" in scc.volumes or ANY in scc.volumes:
        return HOST_VOLUME
    return OTHER_VOLUME if set(scc.volumes) - TRIVIAL_VOLUMES else 0


def _capabilities(scc: SCC) -> int:
    found = CAPABILITIES + ADDED_BY_DEFAULT * len(scc.default_add)
    if ANY in scc.allowed_capabilities or _all_in(scc.allowed_capabilities):
        found += ALL_ALLOWED
    else:
        found += ONE_ALLOWED * len(scc.allowed_capabilities)
    found += ALL_DROPPED if _all_in(scc.required_drop) else ONE_DROPPED * len(scc.required_drop)
    return min(max(found, 0), CAPABILITIES_LIMIT)


def _all_in(capabilities: tuple[str, ...]) -> bool:
    return any(capability.upper() == "ALL" for capability in capabilities)
