#!/usr/bin/env bash
# Makes an AppImage of a bundle: appimage.sh BUNDLE SHARE OUTPUT
# BUNDLE is the folder with both programs, SHARE the folder with desktop entry, metadata and icons that
# resources.installer.linux has filled in. Needs appimagetool (https://github.com/AppImage/appimagetool) in PATH.
set -euo pipefail
bundle=$1 share=$2 output=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/usr/lib" "$work/usr/share/metainfo"
cp -a "$bundle" "$work/usr/lib/heirloom"
cp "$share/heirloom.desktop" "$share/heirloom.svg" "$work/"
cp "$share/io.github.heirloom.heirloom.metainfo.xml" "$work/usr/share/metainfo/io.github.heirloom.heirloom.appdata.xml"
ln -s heirloom.svg "$work/.DirIcon"
# One file, two programs: a link named "heirloom" to the AppImage is the command line.
cat >"$work/AppRun" <<'RUN'
#!/bin/sh
program=heirloom-desktop
[ "$(basename "${ARGV0:-}")" != heirloom ] || program=heirloom
exec "$APPDIR/usr/lib/heirloom/$program" "$@"
RUN
chmod 755 "$work/AppRun"
ARCH=x86_64 appimagetool --no-appstream "$work" "$output"
