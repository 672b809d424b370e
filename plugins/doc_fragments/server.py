# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # How to reach a Triton server.
    DOCUMENTATION = r"""
options:
  namespace:
    description:
      - Namespace of the server's Service. Required unless O(url) is given.
    type: str
  name:
    description:
      - Name of the server's Service, which is reached through the API server's proxy. Required unless O(url) is given.
    type: str
  port:
    description:
      - Name or number of the Service's HTTP port.
    type: str
    default: http
  url:
    description:
      - Reach the server at this URL instead, for example that of a Route or an Ingress. No cluster is asked then.
    type: str
  url_ca_cert:
    description:
      - CA certificates to check the certificate of O(url) with, instead of the system's.
    type: path
  url_validate_certs:
    description:
      - Whether to check the certificate of O(url).
    type: bool
    default: true
  url_headers:
    description:
      - HTTP headers to send to O(url), for example C(Authorization).
    type: dict
  timeout:
    description:
      - Seconds to wait for one answer of the server.
    type: int
    default: 60
"""
