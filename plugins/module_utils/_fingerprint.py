# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pods read but once, told apart by its content without telling the content."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any


def fingerprint(live: Mapping[str, Any], values: Mapping[str, str]) -> str:
    """Changes with the values, and tells nothing of them to who may read pods but no Secrets; "" for an object without UID.

    A plain digest would let anybody try guesses; the key is the object's UID, which takes the same right as the values to read.
    """
    uid = str((live.get("metadata") or {}).get("uid") or "")
    text = json.dumps(values, sort_keys=True)
    return hmac.new(uid.encode(), text.encode(), hashlib.sha256).hexdigest() if uid else ""


def contents(live: Mapping[str, Any]) -> dict[str, str]:
    """What a Secret or ConfigMap holds, by key."""
    return {**(live.get("data") or {}), **(live.get("binaryData") or {})}
