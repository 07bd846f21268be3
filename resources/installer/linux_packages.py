"""From a bundle to what people install on Linux: a Debian package, one self-extracting file, an AppImage."""

from __future__ import annotations

import gzip
import hashlib
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from resources.installer import icons, libraries

_HERE = Path(__file__).parent / "linux"
_PROJECT = Path(__file__).resolve().parents[2]
_METAINFO = "io.github.heirloom.heirloom.metainfo.xml"
_SHARED = (_METAINFO, "heirloom.desktop", "heirloom.1")

# Fonts and keyboard layouts are files that Qt reads, so no library names them.
_FILES_OF_THE_SYSTEM = (
    "fontconfig-config",
    "fonts-dejavu-core | fonts-freefont-ttf | fonts-noto-core",
    "xkb-data",
)


def share(folder: Path, version: str, epoch: int) -> Path:
    """Write desktop entry, metadata, man page and icons, with version and date filled in.

    Parameters
    ----------
    folder : Path
        Where to; emptied first.
    version : str
    epoch : int
        Date of the release, seconds since 1970.

    Returns
    -------
    Path
        `folder`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    date = time.strftime("%Y-%m-%d", time.gmtime(epoch))
    for name in _SHARED:
        text = (_HERE / name).read_text(encoding="utf-8")
        filled = text.replace("@VERSION@", version).replace("@DATE@", date)
        (folder / name).write_text(filled, encoding="utf-8")
    shutil.copy(icons.SOURCE, folder / "heirloom.svg")
    for side in icons.MENU_SIZES:
        (folder / f"{side}.png").write_bytes(icons.draw(side))
    return folder


def make_deb(bundle: Path, shared: Path, work: Path, output: Path, version: str) -> Path:
    """Make the Debian package; needs ``dpkg-deb``.

    Parameters
    ----------
    bundle : Path
        The folder with both programs.
    shared : Path
        What `share` wrote.
    work : Path
        Folder for the package's tree.
    output : Path
        Folder for the package.
    version : str

    Returns
    -------
    Path
        The package.
    """
    root = work / "deb"
    shutil.rmtree(root, ignore_errors=True)
    usr = root / "usr"
    home = usr / "lib" / "heirloom"
    shutil.copytree(bundle, home, symlinks=True)
    (usr / "bin").mkdir()
    for program in ("heirloom", "heirloom-desktop"):
        (usr / "bin" / program).symlink_to(f"../lib/heirloom/{program}")
    _place(shared / "heirloom.desktop", usr / "share/applications/heirloom.desktop")
    _place(shared / _METAINFO, usr / "share/metainfo" / _METAINFO)
    hicolor = usr / "share/icons/hicolor"
    _place(shared / "heirloom.svg", hicolor / "scalable/apps/heirloom.svg")
    for side in icons.MENU_SIZES:
        _place(shared / f"{side}.png", hicolor / f"{side}x{side}/apps/heirloom.png")
    manual = usr / "share/man/man1"
    manual.mkdir(parents=True)
    (manual / "heirloom.1.gz").write_bytes(gzip.compress((shared / "heirloom.1").read_bytes(), mtime=0))
    (manual / "heirloom-desktop.1.gz").symlink_to("heirloom.1.gz")
    _place(_PROJECT / "LICENSE", usr / "share/doc/heirloom/copyright")
    _control(root, version, libraries.packages_needed(bundle))
    package = output / f"heirloom_{version}_amd64.deb"
    options = ["--root-owner-group", "-Zxz", "-z6"]
    subprocess.run(["dpkg-deb", "--build", *options, root, package], check=True, stdout=subprocess.DEVNULL)
    return package


def make_run(bundle: Path, shared: Path, work: Path, output: Path, version: str, epoch: int) -> Path:
    """Make the file that unpacks and installs itself; needs ``tar`` and ``xz``.

    Parameters
    ----------
    bundle, shared, work, output, version
        As for `make_deb`.
    epoch : int
        Date of all files in it, seconds since 1970.

    Returns
    -------
    Path
        The file, which is a shell script with an archive behind it.
    """
    staged = work / "run"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    shutil.copytree(bundle, staged / "heirloom", symlinks=True)
    shutil.copytree(shared, staged / "share", ignore=shutil.ignore_patterns("*.png"))
    archive = work / "payload.tar.xz"
    same = ["--sort=name", f"--mtime=@{epoch}", "--owner=0", "--group=0", "--numeric-owner"]
    packing = ["tar", "--create", *same, "--use-compress-program=xz -6 -T2"]
    subprocess.run([*packing, "-f", archive, "-C", staged, "heirloom", "share"], check=True)
    header = self_extractor(version, archive)
    result = output / f"heirloom-{version}-linux-x86_64.run"
    with result.open("wb") as file:
        file.write(header)
        with archive.open("rb") as payload:
            shutil.copyfileobj(payload, file)
    result.chmod(0o755)
    return result


def self_extractor(version: str, archive: Path) -> bytes:
    """Return the shell script that goes before an archive and knows its checksum and first line."""
    text = (_HERE / "install.sh").read_text(encoding="utf-8")
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    filled = text.replace("@VERSION@", version).replace("@SHA256@", digest)
    return filled.replace("@LINE@", str(filled.count("\n") + 1)).encode()


def make_appimage(bundle: Path, shared: Path, output: Path, version: str) -> Path | None:
    """Make the AppImage where ``appimagetool`` is installed; None elsewhere."""
    if shutil.which("appimagetool") is None:
        return None
    result = output / f"heirloom-{version}-x86_64.AppImage"
    subprocess.run(["bash", _HERE / "appimage.sh", bundle, shared, result], check=True)
    return result


def control(version: str, kilobytes: int, depends: list[str]) -> str:
    """Return the package's control file.

    Parameters
    ----------
    version : str
    kilobytes : int
        Installed size, KiB.
    depends : list of str
        Packages that the bundle's libraries come from.
    """
    return (
        "Package: heirloom\n"
        f"Version: {version}\n"
        "Architecture: amd64\n"
        "Section: graphics\n"
        "Priority: optional\n"
        f"Installed-Size: {kilobytes}\n"
        "Maintainer: The Heirloom developers <heirloom@localhost>\n"
        f"Depends: {', '.join([*depends, *_FILES_OF_THE_SYSTEM])}\n"
        "Recommends: xdg-desktop-portal\n"
        "Suggests: fonts-noto-cjk\n"
        "Description: restores the faces in old and damaged photographs\n"
        " One dial moves a face from the photo as it is towards the photo as it may have\n"
        " been. Everything happens on this computer; an original is never written to.\n"
        " .\n"
        " Python and all libraries of the program are in this package.\n"
    )


def _control(root: Path, version: str, depends: list[str]) -> None:
    files = sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size for path in files)
    folder = root / "DEBIAN"
    folder.mkdir()
    (folder / "control").write_text(control(version, size // 1024, depends), encoding="utf-8")
    sums = [f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files]
    (folder / "md5sums").write_text("".join(sums), encoding="utf-8")
    for path in (*root.rglob("*"), root):
        if not path.is_symlink():
            is_open = path.is_dir() or re.search(r"/usr/lib/heirloom/heirloom(-desktop)?$", str(path))
            path.chmod(0o755 if is_open else 0o644)


def _place(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def main() -> int:
    """Make all packages of a bundle and print their paths: OUTPUT WORK VERSION EPOCH."""
    output, work, version, epoch = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    bundle = output / "heirloom"
    shared = share(work / "share", version, epoch)
    made = [
        make_deb(bundle, shared, work, output, version),
        make_run(bundle, shared, work, output, version, epoch),
        make_appimage(bundle, shared, output, version),
    ]
    sys.stdout.write("".join(f"{path}\n" for path in made if path is not None))
    return 0


if __name__ == "__main__":
    sys.exit(main())
