# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JMESPath expressions of users: compiled before anything is written, never templated."""

from __future__ import annotations

from typing import Any

from ._errors import TritonError

try:
    import jmespath
    from jmespath.exceptions import JMESPathError

    HAS_JMESPATH = True
except ImportError:
    HAS_JMESPATH = False


class Expression:
    """A compiled expression.

    :raises TritonError: jmespath is missing, or the text is no JMESPath.
    """

    def __init__(self, text: str, option: str) -> None:
        if not HAS_JMESPATH:
            raise TritonError(
                f"Option {option} needs the Python package jmespath where this task runs; install it: pip install jmespath"
            )
        self.text = text
        self._option = option
        try:
            self._compiled = jmespath.compile(text)
        except (JMESPathError, RecursionError) as error:
            cause = str(error).splitlines()[0].removeprefix("Invalid jmespath expression: ")
            cause = cause.removesuffix(":").removesuffix(", for expression")
            raise TritonError(
                f"Option {option} is no JMESPath expression: {text!r} ({cause}); correct it (the language: https://jmespath.org)."
            ) from error

    def search(self, data: Any) -> Any:
        """Evaluate on data.

        :raises TritonError: a function of the expression refuses its arguments.
        """
        try:
            return self._compiled.search(data)
        except JMESPathError as error:
            raise TritonError(f"Option {self._option}: {self.text!r} cannot be evaluated here ({error}).") from error
