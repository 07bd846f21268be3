#!/usr/bin/env bash
# Installs what Heirloom needs of the system on Debian and Ubuntu, and only what is missing:
#   bash resources/install/debian.sh                   the command line
#   bash resources/install/debian.sh desktop test      also the desktop application, and what its tests need
#   bash resources/install/debian.sh desktop installer also the desktop application, and what installers are built with
# Anyone may run it. Only when something is missing does it need root or sudo.
set -euo pipefail

libraries=$(/sbin/ldconfig -p)
missing=()

needs_library() { # needs_library FILE PACKAGE
    [[ $libraries == *"$1 "* ]] || missing+=("$2")
}

python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
needs_library libGL.so.1 libgl1                # OpenCV
needs_library libgthread-2.0.so.0 libglib2.0-0 # OpenCV
needs_library libxcb.so.1 libxcb1              # OpenCV

for part in "$@"; do
    case $part in
    desktop) # Qt 6 on X11
        needs_library libEGL.so.1 libegl1
        needs_library libdbus-1.so.3 libdbus-1-3
        needs_library libfontconfig.so.1 libfontconfig1
        needs_library libxkbcommon-x11.so.0 libxkbcommon-x11-0
        needs_library libxcb-cursor.so.0 libxcb-cursor0
        needs_library libxcb-icccm.so.4 libxcb-icccm4
        needs_library libxcb-keysyms.so.1 libxcb-keysyms1
        needs_library libxcb-shape.so.0 libxcb-shape0
        ;;
    test) # a real X server without a screen, and a browser for the album's report
        command -v Xvfb >/dev/null || missing+=(xvfb)
        command -v chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
        ;;
    installer) # PyInstaller, and the libraries that stand in for FFmpeg's
        command -v objdump >/dev/null || missing+=(binutils)
        command -v gcc >/dev/null || missing+=(gcc)
        command -v xz >/dev/null || missing+=(xz-utils)
        # Debian's python3 contains the interpreter; PyInstaller wants it as a library.
        python=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("INSTSONAME"))')
        folder=$(python3 -c 'import sysconfig; print(sysconfig.get_config_var("LIBDIR"))')
        [[ -e $folder/$python ]] || needs_library "$python" "${python%.so*}"
        ;;
    *)
        echo "debian.sh: unknown part '$part': choose desktop, test or installer" >&2
        exit 2
        ;;
    esac
done

((${#missing[@]})) || exit 0

if [[ $(id -u) == 0 ]]; then
    root=(env DEBIAN_FRONTEND=noninteractive)
elif command -v sudo >/dev/null; then
    root=(sudo env DEBIAN_FRONTEND=noninteractive)
else
    echo "These packages are missing; ask an administrator to run: apt-get install ${missing[*]}" >&2
    exit 1
fi
echo "Installing ${missing[*]}"
"${root[@]}" apt-get -o DPkg::Lock::Timeout=120 -qq update
"${root[@]}" apt-get -o DPkg::Lock::Timeout=120 -qq install -y --no-install-recommends "${missing[@]}" >/dev/null
