# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that the API server and helm accept; match them with fullmatch()."""

from __future__ import annotations

import re

# RFC 1123 label: namespaces.
DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
# RFC 1123 subdomain of labels, at most 253 characters: claims and most other objects.
DNS_SUBDOMAIN = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
# Helm takes at most 53 characters; the bundled chart's Service has the same name, and so begins with a letter.
RELEASE = re.compile(r"[a-z]([-a-z0-9]{0,51}[a-z0-9])?")
