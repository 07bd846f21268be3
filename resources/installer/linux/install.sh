#!/bin/sh
# Heirloom @VERSION@ for Linux on x86-64: installs itself for whoever runs it, without administrator rights.
#   sh heirloom-@VERSION@.run                install into ~/.local
#   sh heirloom-@VERSION@.run --to DIR       install the programs into DIR/heirloom instead
#   sh heirloom-@VERSION@.run --extract DIR  only unpack, to look at it or to carry it on a stick
#   sh heirloom-@VERSION@.run --remove       remove what an installation put there; settings stay
set -eu

home=${XDG_DATA_HOME:-$HOME/.local/share}
to=$HOME/.local/lib
bin=$HOME/.local/bin
mode=install

fail() {
    echo "heirloom: $1" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    --to | --extract)
        [ $# -ge 2 ] || fail "$1 needs a folder"
        [ "$1" = --to ] || mode=extract
        to=$2
        shift
        ;;
    --remove) mode=remove ;;
    --help)
        sed -n '2,6s/^# *//p' "$0"
        exit 0
        ;;
    *) fail "unknown option $1; see --help" ;;
    esac
    shift
done

# The folder that an installation is in, as its menu entry knows it.
installed() {
    sed -n 's/^TryExec=\(.*\)\/heirloom-desktop$/\1/p' "$home/applications/heirloom.desktop" 2>/dev/null || true
}

remove() {
    old=$(installed)
    case $old in
    */heirloom) rm -rf "$old" ;;
    esac
    rm -f "$bin/heirloom" "$bin/heirloom-desktop" "$home/applications/heirloom.desktop" \
        "$home/metainfo/io.github.heirloom.heirloom.metainfo.xml" \
        "$home/icons/hicolor/scalable/apps/heirloom.svg" "$home/man/man1/heirloom.1"
}

refresh_menu() {
    command -v update-desktop-database >/dev/null && update-desktop-database -q "$home/applications" || true
}

if [ $mode = remove ]; then
    [ -n "$(installed)" ] || fail "nothing is installed in $home"
    remove
    refresh_menu
    echo "Heirloom is removed. Your settings are in ~/.config/heirloom and $home/heirloom."
    exit 0
fi

[ "$(uname -m)" = x86_64 ] || fail "this is for x86-64, and this computer is $(uname -m)"
command -v xz >/dev/null || fail "xz is missing; install xz-utils"
mkdir -p "$to" && to=$(cd "$to" && pwd) || fail "can't write to $to"
if [ -e "$to/heirloom" ] && { [ $mode = extract ] || [ "$(installed)" != "$to/heirloom" ]; }; then
    fail "$to/heirloom is there already; choose another folder"
fi

payload() {
    tail -n +@LINE@ "$0"
}
echo "Checking..."
[ "$(payload | sha256sum | cut -d ' ' -f 1)" = @SHA256@ ] || fail "the file is damaged; download it again"

# Unpacked beside its place first: an interruption leaves the older version as it was.
new=$(mktemp -d "$to/.heirloom-XXXXXX")
trap 'rm -rf "$new"' EXIT
trap 'exit 130' INT TERM
echo "Unpacking..."
payload | tar -xJ -C "$new" --no-same-owner || fail "unpacking failed; is there room in $to?"
[ $mode = extract ] || remove
mv "$new/heirloom" "$to/heirloom"
if [ $mode = extract ]; then
    echo "Heirloom is in $to/heirloom; start heirloom-desktop there."
    exit 0
fi

mkdir -p "$bin" "$home/applications" "$home/metainfo" "$home/icons/hicolor/scalable/apps" "$home/man/man1"
for program in heirloom heirloom-desktop; do
    ln -sf "$to/heirloom/$program" "$bin/$program"
done
sed -e "s|^Exec=heirloom-desktop|Exec=\"$to/heirloom/heirloom-desktop\"|" \
    -e "s|^TryExec=.*|TryExec=$to/heirloom/heirloom-desktop|" \
    "$new/share/heirloom.desktop" >"$home/applications/heirloom.desktop"
cp "$new/share/io.github.heirloom.heirloom.metainfo.xml" "$home/metainfo/"
cp "$new/share/heirloom.svg" "$home/icons/hicolor/scalable/apps/"
cp "$new/share/heirloom.1" "$home/man/man1/"
refresh_menu
echo "Heirloom is in your menu. On the command line: $bin/heirloom"
case :$PATH: in
*:"$bin":*) ;;
*) echo "  ($bin is not in your PATH.)" ;;
esac
exit 0
