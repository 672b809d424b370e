# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why rclone could not read a source, in one sentence: POSIX sh, for scripts that keep rclone's standard error in the file ``$log``.

It takes SYNC_SOURCE (the source's name for people), the variable ``public`` (not empty once the source was asked without credentials) and the
function ``fail CODE SENTENCE``, which ends the script.
"""

from __future__ import annotations

EXPLAIN_SOURCE = r"""
cause() {
    grep -oE "$1" "$log" | head -n 1
}

said() {
    grep -qE "$1" "$log"
}

REFUSED='AccessDenied'
REFUSED="$REFUSED|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidToken|ExpiredToken|AuthenticationFailed"
REFUSED="$REFUSED|AuthorizationFailure|AuthorizationPermissionMismatch|NoAuthenticationInformation|PublicAccessNotPermitted"
REFUSED="$REFUSED|InvalidAuthenticationInfo|AccountIsDisabled|invalid_grant|invalid_client"
REFUSED_PLAINLY='Forbidden|Unauthorized|StatusCode: 40[13]|Error 40[13]'
ABSENT='no EC2 IMDS role found|failed to refresh cached credentials|get credentials|could not find default credentials'
ABSENT="$ABSENT|failed to load Application Default Credentials|DefaultAzureCredential|compute.metadata.*not defined"

# What is wrong with the source or its credentials, if that is it; $1: rclone's exit code.
explain_source() {
    if said 'x509:|tls: failed to verify|certificate signed by unknown'; then
        fail 78 "The certificate of $SYNC_SOURCE is not trusted ($(cause 'x509: [^\"(]*[^\"( ]|tls: [^\"(]*[^\"( ]')); give the CA that signed it as ca."
    fi
    if said 'server gave HTTP response to HTTPS client'; then
        fail 78 "$SYNC_SOURCE answers without TLS; write its endpoint with http://."
    fi
    if said "$REFUSED|$REFUSED_PLAINLY" && [ -z "$public" ]; then
        code=$(cause "$REFUSED")
        fail 78 "The credentials for $SYNC_SOURCE are refused (${code:-$(cause "$REFUSED_PLAINLY")}); correct them, or let them list and read the bucket."
    fi
    if said "$ABSENT" || { [ -n "$public" ] && said "$REFUSED|$REFUSED_PLAINLY"; }; then
        fail 78 "There are no credentials for $SYNC_SOURCE, and without any it cannot be read; give some, or an identity to the service account."
    fi
    if [ "$1" -eq 3 ] || said 'NoSuchBucket|directory not found|ContainerNotFound'; then
        fail 78 "$SYNC_SOURCE is not there: the bucket does not exist, or its name, endpoint or access key is wrong."
    fi
}

# The end of rclone's last message.
brief() {
    sed -n 's/^[0-9/]* [0-9:]* //; s/^[A-Z]* *: *//; s/.*last error was: //; s/.*request send failed, //; /./p' "$log" | tail -n 1
}
"""
