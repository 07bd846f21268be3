#!/usr/bin/env bash
# Installs a package in a clean Debian, uses it as a person would, removes it:
#   try_deb.sh PACKAGE.deb [ROOT]
# ROOT is a folder with a Debian made earlier by debootstrap; without one, it is made (some minutes, network).
# Needs root, debootstrap, Xvfb and xdotool. From the installation on, the network is cut.
set -euo pipefail

package=$(realpath "$1")
pristine=${2:-}
[[ -n ${INSIDE:-} ]] || exec env INSIDE=1 unshare --mount --propagation private bash "$0" "$package" "$pristine"

work=$(mktemp -d /tmp/heirloom-clean-XXXXXX)
root=$work/root
server=
cleanup() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    rm -rf --one-file-system "$work/display" "$work"/*.txt
    umount -R "$root/proc" "$root/dev/shm" "$root/tmp" 2>/dev/null || true
    rm -rf --one-file-system "$work"
}
trap cleanup EXIT

fail() {
    echo "FAILED: $1" >&2
    [[ ! -f $home/.local/share/heirloom/heirloom-desktop.log ]] || cat "$home/.local/share/heirloom/heirloom-desktop.log" >&2
    exit 1
}
step() { printf '%s %s\n' "$(date +%T)" "$1"; }

step "A Debian without Python"
if [[ -n $pristine ]]; then
    cp -a "$pristine" "$root"
else
    debootstrap --variant=minbase bookworm "$root" http://deb.debian.org/debian >/dev/null
fi
cp /etc/resolv.conf "$root/etc/resolv.conf"
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/tmp"
chroot "$root" useradd --create-home tester
home=$root/home/tester

# What a package may leave behind: the package manager's own books and caches.
list() {
    chroot "$root" find / -xdev \( -path /proc -o -path /home -o -path /tmp -o -path /run -o -path /var/cache \
        -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log \) -prune -o -print | sort
}
user() { # as a user, without network: user COMMAND...
    unshare --net chroot "$root" setpriv --reuid tester --regid tester --init-groups --no-new-privs \
        env -i PATH=/usr/bin:/bin HOME=/home/tester LANG=C.UTF-8 DISPLAY="${display:-}" "$@"
}
no_python() { ! chroot "$root" sh -c 'command -v python3 || ls /usr/lib/python3*' >/dev/null 2>&1 || fail "there is a Python"; }

no_python
list >"$work/before.txt"

step "Installing"
cp "$package" "$root/tmp/heirloom.deb"
in_root() { chroot "$root" env DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 "$@"; }
quiet=(-qq -y -o Dpkg::Use-Pty=0)
in_root apt-get -qq update
in_root apt-get "${quiet[@]}" --no-install-recommends install /tmp/heirloom.deb >/dev/null
no_python
in_root sh -c 'cd / && md5sum --quiet --check /var/lib/dpkg/info/heirloom.md5sums'
[[ -z $(in_root find /usr/lib/heirloom -type f \( -perm /o+w -o ! -user root \)) ]] || fail "files that others may write"

step "Command line"
user heirloom doctor
user heirloom demo -o /home/tester/demo >/dev/null
[[ -s $home/demo/after.png ]] || fail "the demo wrote nothing"
chroot "$root" sh -c 'zcat /usr/share/man/man1/heirloom.1.gz' | grep -q 'heirloom-desktop' || fail "no man page"
cp "$home/demo/before.png" "$home/portrait.png"
before=$(sha256sum <"$home/portrait.png")

step "Window: open, turn the dial, save, all by mouse"
mkdir -p "$root/tmp/.X11-unix" /tmp/.X11-unix
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
Xvfb -displayfd 6 -screen 0 1366x900x24 -nolisten tcp -ac 6>"$work/display" 2>/dev/null &
server=$!
until [[ -s $work/display ]]; do sleep 0.2; done
display=:$(<"$work/display")
export DISPLAY=$display

log=$home/.local/share/heirloom/heirloom-desktop.log
wait_for() { # wait_for PATTERN COUNT: until the log has that many such lines
    for ((i = 0; i < 600; i++)); do
        [[ $(grep -c "$1" "$log" 2>/dev/null || true) -lt $2 ]] || return 0
        sleep 0.2
    done
    fail "the log never said '$1'"
}
find_window() { # find_window NAME: sets WINDOW X Y WIDTH HEIGHT
    local id
    for ((i = 0; i < 100; i++)); do
        id=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | head -n 1) || true
        [[ -z $id ]] || break
        sleep 0.2
    done
    [[ -n $id ]] || fail "no window '$1'"
    eval "$(xdotool getwindowgeometry --shell "$id")"
}
click() { xdotool mousemove "$1" "$2" sleep 0.3 click 1; }

user heirloom-desktop /home/tester/portrait.png &
application=$!
wait_for "restored view" 1
find_window "portrait.png"
drawn=$(grep -c "restored view" "$log")
# From the automatic level, past the top of the dial, to about 100.
dial_x=$((X + WIDTH - 152)) dial_y=$((Y + 245))
xdotool mousemove $((dial_x - 88)) $((dial_y + 30)) mousedown 1
for offset in "-80 -40" "-40 -80" "0 -90" "40 -80" "70 -55"; do
    read -r dx dy <<<"$offset"
    xdotool mousemove $((dial_x + dx)) $((dial_y + dy)) sleep 0.1
done
xdotool mouseup 1
wait_for "restored view" $((drawn + 1))
click $((X + WIDTH - 70)) $((Y + 53))
find_window "Save"
click $((X + WIDTH - 163)) $((Y + HEIGHT - 34))
copy=$home/portrait-restored.png
for ((i = 0; i < 300; i++)); do [[ ! -s $copy ]] || break; sleep 0.2; done
[[ -s $copy ]] || fail "nothing was saved"
grep -aq compositeWithTrainedAlgorithmicMedia "$copy" || fail "the copy does not say that AI edited it"
[[ $(sha256sum <"$home/portrait.png") == "$before" ]] || fail "the original was changed"
cmp -s "$copy" "$home/demo/after.png" && fail "the dial changed nothing"

step "A second start hands over and ends"
user heirloom-desktop /home/tester/demo/before.png
wait_for "photo open: before.png" 1
kill -0 "$application" || fail "the first window is gone"
pkill -P "$application"
wait "$application" 2>/dev/null || true

step "Without a display"
DISPLAY='' display='' user heirloom-desktop 2>"$work/said.txt" && fail "it did not say that there is no display"
grep -q "no display" "$work/said.txt" || fail "$(cat "$work/said.txt")"

[[ ! -e $home/.cache/Microsoft ]] || fail "ONNX Runtime reported to its makers"

step "Removing"
kill "$server"
server=
umount "$root/tmp/.X11-unix"
in_root apt-get "${quiet[@]}" purge heirloom >/dev/null
in_root apt-get "${quiet[@]}" autoremove --purge >/dev/null
list >"$work/after.txt"
[[ -s $copy && -s $log ]] || fail "data of the user was removed"
if in_root find / -xdev -iname '*heirloom*' ! -path '/home/*' ! -path '/tmp/*' ! -path '/proc/*' | grep .; then
    fail "that was left behind"
fi
diff "$work/before.txt" "$work/after.txt" >"$work/left.txt" || true
if grep . "$work/left.txt"; then
    echo "(Left by packages that Heirloom depends on, or changed by removing them.)"
fi
step "Installed, used and removed without a trace."
