#!/bin/sh
# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Make sure that there is a Python 3.11 or later which can make virtual environments; on Debian, install it.
set -eu

ready() {
    python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && [ -d /etc/ssl/certs ]
}

ready && exit 0
packages="python3 python3-venv ca-certificates"
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "bootstrap: Python 3.11 or later with venv is missing: install it first (on Debian: apt-get install $packages)." >&2
    exit 1
fi
echo "bootstrap: installing $packages" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
apt-get install -y -q --no-install-recommends $packages >&2 || { apt-get update -q >&2 && apt-get install -y -q --no-install-recommends $packages >&2; }
if ! ready; then
    echo "bootstrap: python3 is older than 3.11 or lacks venv; put a newer python3 on PATH." >&2
    exit 1
fi
