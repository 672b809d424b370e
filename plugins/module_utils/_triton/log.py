# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reasons that Triton tells only its log: a server that cannot start, a model that its repository index leaves out."""

from __future__ import annotations

import re

# E1123 08:00:00.123456 1 model_lifecycle.cc:642] "failed to load 'm' version 1: Internal: ..."
_ERROR = re.compile(r"^E\d{4} [\d:.]+ \d+ [\w.]+:\d+\] (?P<text>.*)$", re.MULTILINE)
_FINAL = re.compile(r"^error: creating server: (?P<text>.*)$", re.MULTILINE)
MOST = 3


def errors(log: str) -> list[str]:
    """The last few different errors of a server's log, oldest first, each as one line."""
    found = [match["text"] for match in _ERROR.finditer(log)] + [match["text"] for match in _FINAL.finditer(log)]
    texts = [_plain(text) for text in found]
    return list(dict.fromkeys(text for text in texts if text))[-MOST:]


def _plain(text: str) -> str:
    """Newer servers write the message as a JSON string; tables and tracebacks are cut at their first line."""
    text = text.strip()
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1].replace('\\"', '"')
    return text.split("\\n", 1)[0].strip()
