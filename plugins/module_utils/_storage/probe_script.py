# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container of the probing pod runs: POSIX sh with busybox's tools, and rclone.

It is told by variables only: SYNC_SOURCE (the source's name for people), PROBE_REMOTE (for rclone), PROBE_ANONYMOUS (variable and value that
make rclone ask without credentials), PROBE_MAY_BE_EMPTY (not empty where Triton takes a bucket without files), PROBE_MESSAGE (the file of
the container's last words) and TMPDIR. It always ends well, so that the next container runs; its last words are one of the codes below and a sentence.
"""

from __future__ import annotations

from .rclone_failures import EXPLAIN_SOURCE

GOOD = 0
# It works, but surely not as it was meant.
ODD = 1
# Nothing was learned.
UNKNOWN = 2
# Nothing will get better by itself; after the other code another attempt is made.
BAD = 78
PERHAPS = 75

SCRIPT = (
    r"""
set -u
LC_ALL=C
export LC_ALL
work=${TMPDIR:-/tmp}
log=$work/log
public=
trap 'trap - TERM INT; kill 0; exit 143' TERM INT

fail() {
    printf '%s %s' "$1" "$2" >"$work/words"
    exit 0
}

"""
    + EXPLAIN_SOURCE
    + r"""
# One file will do: when its name was read, the listing is ended, so that no more than its first pages are asked for.
list() {
    found=$({ rclone --config= --retries 1 --low-level-retries 1 --contimeout 8s --timeout 15s \
        lsjson -R --files-only --no-modtime --no-mimetype "$PROBE_REMOTE" 2>"$log"; echo $? >"$work/code"; } | grep -m 1 '^{')
    code=$(cat "$work/code")
}

ask() {
    list
    if [ -z "$found" ] && [ "$code" -ne 0 ] && [ -n "${PROBE_ANONYMOUS:-}" ] && said "$ABSENT"; then
        export "${PROBE_ANONYMOUS?}"
        public=yes
        list
    fi
    [ -z "$found" ] || fail 0 "$SYNC_SOURCE can be read."
    if [ "$code" -eq 0 ] && [ -n "${PROBE_MAY_BE_EMPTY:-}" ]; then
        fail 1 "$SYNC_SOURCE has no files, so Triton serves no models from it until some are put there."
    fi
    [ "$code" -ne 0 ] || fail 78 "$SYNC_SOURCE has no files; put the model repository there, or correct the prefix."
    cat "$log" >&2
    [ "$code" -lt 126 ] || fail 2 "rclone ended with code $code (127: the image has none; 137: memory)."
    explain_source "$code"
    if said 'no such host|server misbehaving|connection refused|connection reset|i/o timeout|no route to host|unreachable|deadline exceeded'; then
        fail 75 "$SYNC_SOURCE cannot be reached by a pod of this namespace: $(brief); correct the endpoint, or let the namespace's pods reach it."
    fi
    fail 75 "$SYNC_SOURCE cannot be read: $(brief)"
}

# The network of a new pod may take a moment.
for pause in 1 3 0; do
    (ask) &
    wait $!
    case $(cat "$work/words") in
    75*) sleep $pause ;;
    *) break ;;
    esac
done
cat "$work/words" >&2
head -c 1500 "$work/words" >"${PROBE_MESSAGE:-/dev/termination-log}"
"""
)
