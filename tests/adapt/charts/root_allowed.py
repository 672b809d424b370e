# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The same server for a user who knows that its image does not need what it asks for."""

from __future__ import annotations

from chart import Case, about

from .root_server import DEPLOYMENT, VALUES

CASE = Case(
    name="root-allowed",
    title="server that asks for root by name, where the user allows that this is taken away",
    files={"Chart.yaml": about("mail"), "values.yaml": VALUES, "templates/deployment.yaml": DEPLOYMENT},
    changed_values={"domain": "example.org"},
    adapt={"allow": ["root"]},
    # Group 0 may stay: it is what images for any user give their rights to.
    changes=("Deployment demo-mail spec.template.spec.containers[0].securityContext.runAsUser",),
    ready=("Deployment/demo-mail",),
)
