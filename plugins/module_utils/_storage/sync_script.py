# Copyright: (c) 2026, inferops.triton contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the init container of the back end sync runs: POSIX sh with busybox's tools, and rclone.

It is told by variables only: SYNC_VOLUME (the directory of all versions), SYNC_LINK (a directory of the pod for the link ``current`` to
the version that it serves, and for small files), SYNC_REMOTE (rclone's name of the source), SYNC_SOURCE (the source's name for people),
SYNC_USER (who uses versions), SYNC_KEEP (how many of them), SYNC_DIGEST (the only version that will do), SYNC_ROOM (bytes that the volume
may hold), SYNC_TRANSFERS, SYNC_BANDWIDTH, SYNC_ANONYMOUS (variable and value that make rclone ask without credentials) and SYNC_MESSAGE (the
file of the container's last words). docs/storage.md describes the directories and why no half version is ever served.
"""

from __future__ import annotations

from .rclone_failures import EXPLAIN_SOURCE

# Nothing will get better by itself (EX_CONFIG of sysexits.h); every other failure may (EX_TEMPFAIL).
FINAL = 78
TEMPORARY = 75

SCRIPT = (
    r"""
set -u
umask 0002
LC_ALL=C
export LC_ALL
work=$SYNC_LINK/.work
log=$work/log
trap 'trap - TERM INT; kill 0; exit 143' TERM INT

say() {
    printf '%s\n' "$1" >&2
}

# The container's last words, which the kubelet shows with its state.
tell() {
    say "$1"
    printf '%s' "$1" 2>/dev/null >"${SYNC_MESSAGE:-/dev/termination-log}" || :
}

fail() {
    tell "$2"
    exit "$1"
}

# Run in the background: a shell that waits can be stopped at once.
run() {
    "$@" &
    wait $!
}

# The same, with standard error shown and kept.
watch() {
    rm -f "$work/code"
    { { "$@"; echo $? >"$work/code"; } 2>&1 | tee "$log" >&2; } &
    wait $!
    return "$(cat "$work/code")"
}

"""
    + EXPLAIN_SOURCE
    + r"""
FULL='[Nn]o space left on device|file too big for remaining disk space|[Qq]uota exceeded'

unwritable() {
    if said "$FULL"; then
        full
    fi
    fail 78 "The volume for the models cannot be written by user $(id -u) with groups $(id -G); it needs a group of the \
pod, such as its fsGroup: $(tail -n 1 "$log")"
}

full() {
    fail 78 "The volume for the models is full: ${bytes:-the} bytes of $SYNC_SOURCE do not fit beside the versions \
that are kept, and $(free) bytes are free; give it more room, or keep fewer versions."
}

free() {
    df -Pk . | awk 'NR == 2 { printf "%.0f", $4 * 1024 }'
}

# Why rclone failed, in one sentence.
explain() {
    if [ "$1" -eq 137 ]; then
        fail 75 "rclone was killed while it copied $SYNC_SOURCE, most likely for the container's memory limit; \
raise the limit in resources, or lower transfers."
    fi
    if said "$FULL"; then
        full
    fi
    explain_source "$1"
    if said 'permission denied|read-only file system'; then
        unwritable
    fi
    fail 75 "$SYNC_SOURCE cannot be read: $(brief)"
}

tool() {
    run rclone --config= --use-server-modtime "$@"
}

# Settings have only to be right for the listing to work, so few attempts will do.
list() {
    tool --retries 1 --low-level-retries 3 --contimeout 15s --fast-list lsjson -R --files-only --hash --hash-type md5 --no-mimetype "$SYNC_REMOTE" \
        >"$work/json" 2>"$log"
}

# What the source has now: fingerprint, number of files, bytes.
look() {
    list
    code=$?
    if [ $code -ne 0 ] && [ -n "${SYNC_ANONYMOUS:-}" ] && said "$ABSENT"; then
        say "There are no credentials; $SYNC_SOURCE is read as a public bucket."
        export "${SYNC_ANONYMOUS?}"
        SYNC_ANONYMOUS=
        public=yes
        list
        code=$?
    fi
    if [ $code -ne 0 ]; then
        cat "$log" >&2
        explain $code
    fi
    sed -n 's/,$//; s/,"Tier":"[^"]*"//; /^{/p' "$work/json" | sort >"$work/listed"
    # The same as before the copy, most of the time.
    if cmp -s "$work/listed" "$work/listing"; then
        return
    fi
    mv "$work/listed" "$work/listing"
    counted=$(awk '
        match($0, /,"Size":[0-9]+/) { sum += substr($0, RSTART + 8, RLENGTH - 8) }
        /"md5":"[0-9a-f]/ { sums++ }
        END { printf "%d %.0f %d", NR, sum, sums }' "$work/listing")
    files=${counted%% *}
    bytes=${counted#* }
    bytes=${bytes% *}
    if [ "$files" -eq 0 ]; then
        fail 78 "$SYNC_SOURCE has no files; put the model repository there, or correct the prefix."
    fi
    # sha256sum and rclone write such names each in a way of its own (rclone with the signs from U+2400 on, U+201B and U+FF0F).
    odd=$(grep -m 1 -E -e '"Path":"([^"\\]|\\[^\\nrtu]|\\u00[2-7])*\\([\\nrt]|u00[01])' -e "$(printf '\342\220|\342\200\233|\357\274\217')" "$work/listing")
    if [ -n "$odd" ]; then
        fail 78 "A name in $SYNC_SOURCE has a backslash, a control character or a sign for one in it: $odd; rename it."
    fi
    # Stores may give an MD5 that is not that of the content, as for files encrypted with keys of a KMS; rclone's own variable says so.
    unchecked=
    case ${RCLONE_IGNORE_CHECKSUM:-}/${counted##* } in
    [Tt]*/* | 1/* | */0) unchecked=yes ;;
    esac
    fingerprint=$({ printf '%s\n' "$SYNC_SOURCE"; cat "$work/listing"; } | sha256sum)
    fingerprint=${fingerprint%% *}
}

# One lock for the few moments in which names change. Without flock, a rename that fails where the name is taken has to do.
books() {
    exec 8>>.lock
    [ -z "$flock" ] || flock 8 || flock=
}

# One lock for each source, held while it is copied; other versions can be served meanwhile.
alone() {
    [ -n "$flock" ] || return 0
    exec 9>>".lock-$source"
    flock -n 9 && return
    say "Another pod copies $SYNC_SOURCE; waiting for it."
    run flock 9 || flock=
}

# Point the pod's link to a version, and end.
serve() {
    [ -d "$1" ] || fail 75 "Version $1 has just been removed from the volume; the next attempt copies it again."
    note "$1"
    exec 8>&-
    ln -sfn "$SYNC_VOLUME/$1" "$SYNC_LINK/current" 2>"$log" || unwritable
    empty_trash
    tell "Serves $1 of $SYNC_SOURCE."
    exit 0
}

# Which versions this user used, newest first and each once; the others go, unless another user has them.
note() {
    { echo "$1"; grep -vxF "$1" "$mine" 2>/dev/null; } >"$work/used"
    trim "$SYNC_KEEP"
    write "$work/kept" .used "$SYNC_USER"
    for known in .sources/*; do
        [ "$known" = ".sources/${fingerprint:-}" ] || [ ! -f "$known" ] || [ -d "$(cat "$known")" ] || rm -f "$known"
    done
}

trim() {
    : >"$work/kept"
    number=0
    while read -r version; do
        case $version in
        */* | [!s]*) continue ;;
        esac
        [ -d "$version" ] || continue
        number=$((number + 1))
        if [ $number -le "$1" ]; then
            echo "$version" >>"$work/kept"
        elif ! others "$version"; then
            say "Version $version goes: this release used $1 others after it."
            mv "$version" ".trash-$version-$self" || :
        fi
    done <"$work/used"
}

# Put a file in its place at once: file, directory, name there.
write() {
    { cp "$1" "$2/.new-$3-$self" && mv -f "$2/.new-$3-$self" "$2/$3"; } 2>"$log" || unwritable
}

others() {
    for list in .used/*; do
        [ "$list" = "$mine" ] || ! grep -qxF "$1" "$list" || return 0
    done
    return 1
}

empty_trash() {
    rm -rf .trash-*
    # What nobody went on with for a week.
    find . -maxdepth 1 -name '.incoming-*' ! -name "$incoming" -mtime +7 -exec rm -rf {} +
}

# End if this listing was copied before, by this pod or another.
known() {
    [ -f ".sources/$fingerprint" ] || return 0
    version=$(cat ".sources/$fingerprint")
    check_pin "$version"
    books
    if [ -d "$version" ]; then
        serve "$version"
    fi
    exec 8>&-
}

check_pin() {
    if [ -n "${SYNC_DIGEST:-}" ] && [ "$1" != "$SYNC_DIGEST" ]; then
        fail 78 "$SYNC_SOURCE has version $1, but the release is pinned to $SYNC_DIGEST, which is not in the volume; correct digest, or put those models back."
    fi
}

# Begin with the files of the version used last; rclone never writes into a file that is there, so a link is as good as a copy.
seed() {
    [ -z "$anew" ] || return 1
    last=$(head -n 1 "$mine" 2>/dev/null)
    [ -n "$last" ] && [ -d "$last" ] || return 1
    cp -al "$last" "$incoming" 2>/dev/null && return
    rm -rf "$incoming"
    return 1
}

begin_anew() {
    say "What an earlier run left is not what the source has; copying all of it."
    rm -rf "$incoming"
    anew=yes
}

# Refuse before the copy what would not fit after it.
make_room() {
    if [ -n "${SYNC_ROOM:-}" ] && [ "$bytes" -gt "$SYNC_ROOM" ]; then
        fail 78 "$SYNC_SOURCE has $bytes bytes, but the volume for them may hold $SYNC_ROOM only; raise size."
    fi
    missing=$bytes
    [ ! -d "$incoming" ] || missing=$((bytes - $(size_of "$incoming")))
    if [ "$missing" -le "$(free)" ] && { [ -z "${SYNC_ROOM:-}" ] || [ $(($(size_of .) + missing)) -le "$SYNC_ROOM" ]; }; then
        return
    fi
    give_up_oldest
    [ "$missing" -le "$(free)" ] || full
}

give_up_oldest() {
    given_up=yes
    books
    cp "$mine" "$work/used" 2>/dev/null || : >"$work/used"
    trim $((SYNC_KEEP - 1))
    # On a full disk the record can only be written after that.
    empty_trash
    write "$work/kept" .used "$SYNC_USER"
    exec 8>&-
}

size_of() {
    du -sk "$1" | awk '{ printf "%.0f", $1 * 1024 }'
}

# rclone would look at the checksum of each file by itself; here that is done beside SHA-256 and other files' copies, see sum_up.
transfer() {
    follow >/dev/null 2>&1 &
    follower=$!
    watch rclone --config= --use-server-modtime --contimeout 15s --stats 30s --stats-one-line --stats-log-level NOTICE --buffer-size 8M \
        --ignore-checksum --transfers "$SYNC_TRANSFERS" ${SYNC_BANDWIDTH:+--bwlimit} ${SYNC_BANDWIDTH:+"$SYNC_BANDWIDTH"} \
        sync --create-empty-src-dirs "$SYNC_REMOTE" "$SYNC_VOLUME/$incoming"
    set -- $?
    kill -USR1 $follower
    wait $follower
    return "$1"
}

# Sum up what is copied while the rest is on its way: what has its name is whole.
follow() {
    over=
    nap=
    trap 'over=yes; [ -z "$nap" ] || kill $nap' USR1
    while [ -z "$over" ]; do
        sleep 2 &
        nap=$!
        wait $nap
        nap=
        [ -n "$over" ] || sum_up ! -name '*.partial' || :
    done
}

# Checksums of the files that have none yet, chosen by arguments for find. A file is known again by inode, size and time of its last
# change. Each line is SHA-256, MD5 and what stat says.
sum_up() {
    (cd "$incoming" && find . -type f "$@" -exec stat -c '%i %s %z %n' {} +) >"$work/now" || return
    awk -v known="$work/summed" -v unchecked="$unchecked" '
        BEGIN { while ((getline line <known) > 0) if (unchecked || substr(line, 66, 1) != " ") seen[substr(line, 99)] = 1 }
        !($0 in seen)' "$work/now" >"$work/new" || return
    [ -s "$work/new" ] || return 0
    sed 's|^[^/]* \./||' "$work/new" >"$work/names"
    size=$(awk '{ sum += $2 } END { printf "%.0f", sum }' "$work/new")
    # Two processes, since one uses one processor only; in a shell of their own, which a signal does not call away from waiting.
    (
        hashes md5 &
        hashes sha256
        code=$?
        wait $! && exit $code
    ) || return
    awk -v sha256="$work/new.sha256" -v md5="$work/new.md5" -v unchecked="$unchecked" '
        BEGIN {
            while ((getline line <sha256) > 0) first[substr(line, 67)] = substr(line, 1, 64)
            while ((getline line <md5) > 0) second[substr(line, 35)] = substr(line, 1, 32)
        }
        {
            path = substr($0, index($0, " ./") + 3)
            if (unchecked) second[path] = sprintf("%32s", "")
            if (path in first && path in second) print first[path], second[path], $0
        }' "$work/new" >>"$work/summed"
}

# By rclone, which is a few times as fast as busybox, but takes longer to start; without the variables that say what to leave out.
hashes() {
    : >"$work/new.$1"
    if [ "$1$unchecked" = md5yes ]; then
        return
    fi
    if [ "$size" -le 33554432 ]; then
        (cd "$incoming" && tr '\n' '\0' <"$work/names" | xargs -0 "${1}sum" --) >"$work/new.$1" 2>"$work/log.$1"
        return
    fi
    env -i PATH="$PATH" HOME="$HOME" rclone --config= hashsum "$1" --files-from-raw "$work/names" "$SYNC_VOLUME/$incoming" \
        >"$work/new.$1" 2>"$work/log.$1"
}

# Written to disk meanwhile; nothing changes the copy after that.
finish_sums() {
    settle "$incoming" &
    sum_up
    set -- $?
    wait
    return "$1"
}

# Compare the copy with the listing: names, sizes, and MD5 where the source knows it. $work/sums gets the lines of sha256sum, and
# $work/different the files that are to be copied again.
compare() {
    awk -v summed="$work/summed" -v now="$work/now" -v sums="$work/sums" '
        BEGIN {
            while ((getline line <summed) > 0) known[substr(line, 99)] = substr(line, 1, 97)
            printf "" >sums
            while ((getline line <now) > 0) {
                split(line, part, " ")
                path = substr(line, index(line, " ./") + 3)
                size[path] = part[2]
                md5[path] = substr(known[line], 66)
                print substr(known[line], 1, 64) "  " path >sums
            }
        }
        {
            path = substr($0, 10, index($0, "\",\"Name\":\"") - 10)
            gsub(/\\"/, "\"", path); gsub(/\\u003c/, "<", path); gsub(/\\u003e/, ">", path); gsub(/\\u0026/, "\\&", path)
            gsub(/\\u2028/, "\342\200\250", path); gsub(/\\u2029/, "\342\200\251", path)
            match($0, /,"Size":-?[0-9]+/); wanted = substr($0, RSTART + 8, RLENGTH - 8)
            wrong = !(path in size) || wanted >= 0 && wanted != size[path]
            if (match($0, /"md5":"[0-9a-f]+"/) && md5[path] ~ /[0-9a-f]/) wrong = wrong || substr($0, RSTART + 7, 32) != md5[path]
            if (wrong) print path
        }' "$work/listing" >"$work/different"
}

digest() {
    [ "$(grep -cE '^[0-9a-f]{64}  .' "$work/sums")" -eq "$files" ] ||
        fail 75 "The copy of $SYNC_SOURCE has other files than the source; the next attempt begins again."
    printf 'sha256-%s' "$(sort "$work/sums" | sha256sum | cut -c 1-64)"
}

# On disk before it gets its name.
settle() {
    sync -f "$1" 2>/dev/null || sync
}

# The same for a name: the files that it leads to are there already.
settle_name() {
    sync "$1" 2>/dev/null || settle "$1"
}

remember() {
    echo "$1" >"$work/version"
    write "$work/version" .sources "$fingerprint"
}

# The content is on disk, see finish_sums.
publish() {
    books
    # Recorded first: a version that nobody is known to use would never be removed.
    { echo "$1"; grep -vxF "$1" "$mine" 2>/dev/null; } >"$work/used"
    write "$work/used" .used "$SYNC_USER"
    if [ ! -d "$1" ]; then
        mv -T "$incoming" "$1" 2>"$log" || [ -d "$1" ] || unwritable
    fi
    rm -rf "$incoming"
    settle_name .
    serve "$1"
}

{ mkdir -p "$work" && rm -f "$work/listing" "$work/different"; } || fail 78 "The directory $SYNC_LINK cannot be written."
cd "$SYNC_VOLUME" 2>"$log" || fail 78 "There is no volume at $SYNC_VOLUME."
mkdir -p .sources .used 2>"$log" || unwritable
source=$(printf '%.16s' "$(printf '%s' "$SYNC_SOURCE" | sha256sum)")
touch .lock ".lock-$source" 2>"$log" || unwritable
public=
anew=
given_up=
flock=$(command -v flock || :)
self=${HOSTNAME:-$(hostname)}
mine=.used/$SYNC_USER
incoming=.incoming-$source

if [ -n "${SYNC_DIGEST:-}" ] && [ -d "$SYNC_DIGEST" ]; then
    books
    [ ! -d "$SYNC_DIGEST" ] || serve "$SYNC_DIGEST"
    exec 8>&-
fi
look
known
alone
# Pods that cannot keep each other away copy into directories of their own.
[ -n "$flock" ] || incoming=.incoming-$source-$self
known
: >"$work/summed"
for round in 1 2 3; do
    fresh=yes
    [ -d "$incoming" ] || seed && fresh=
    make_room
    say "Copying $files files with $bytes bytes from $SYNC_SOURCE."
    transfer
    code=$?
    if [ $code -ne 0 ]; then
        # A file in the place of a directory, from an earlier listing.
        if [ -z "$fresh" ] && said 'is a directory|not a directory|file exists|incompatible remotes'; then
            begin_anew
            continue
        fi
        # Links to files that the source has no more made it look as if there were room.
        if said "$FULL" && [ -z "$given_up" ]; then
            give_up_oldest
            [ "$SYNC_KEEP" -gt 1 ] || begin_anew
            continue
        fi
        explain $code
    fi
    finish_sums >/dev/null 2>&1 &
    finishing=$!
    before=$fingerprint
    look
    wait $finishing
    code=$?
    if [ $code -ne 0 ]; then
        cat "$work"/log.* >"$log" 2>/dev/null
        explain $code
    fi
    rm -f "$work/different"
    if [ "$fingerprint" != "$before" ]; then
        say "The source changed during the copy; copying again."
        continue
    fi
    compare
    if [ -s "$work/different" ]; then
        say "Not what the source has, so copied again: $(head -n 3 "$work/different" | tr '\n' ' ')"
        while IFS= read -r path; do
            rm -f "$incoming/$path"
        done <"$work/different"
        continue
    fi
    version=$(digest) || exit $?
    remember "$version"
    check_pin "$version"
    publish "$version"
done
if [ -s "$work/different" ]; then
    fail 75 "Files of $SYNC_SOURCE do not have the size and MD5 that it lists, after $round copies: $(head -n 3 "$work/different" | tr '\n' ' '); \
where the MD5s of a store are not those of the content (keys of a KMS), set RCLONE_IGNORE_CHECKSUM to true in env."
fi
fail 75 "$SYNC_SOURCE changed during each of $round copies; nothing was published. Let a release of models be written before it is deployed."
"""
)
