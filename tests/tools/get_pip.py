# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put pip into a virtual environment that has none: Python's own copy first, then the versions that were asked for.

ansible-test makes such environments and runs the script get_pip_VERSION.py of its cache in them; put there, this file
stands in for a download from a site that offline machines and machines with a package mirror cannot reach.
"""

from __future__ import annotations

import subprocess
import sys

if __name__ == "__main__":
    wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--upgrade", *wanted], check=True)
