"""The list of parts of a bundle (SBOM), as CycloneDX: where to look whether a flaw concerns Heirloom.

    python -m resources.installer.bill dist/heirloom dist/heirloom.cdx.json

Runs in the environment that the bundle was built in: that knows which package a module is of.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from engine import __version__
from resources.installer import contents


def bill(bundle: Path) -> Bom:
    """List Python, its packages, the libraries of the build machine, and the models.

    Parameters
    ----------
    bundle : Path
        The folder with both programs.
    """
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    # The same bundle gets the same list: nothing in it is left to the clock or to chance.
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"heirloom:{__version__}:{sys.platform}:{epoch}"))
    bom.metadata.timestamp = datetime.fromtimestamp(epoch, UTC)
    bom.metadata.component = Component(
        name="heirloom", version=__version__, type=ComponentType.APPLICATION, bom_ref="heirloom"
    )
    internal = bundle / "_internal"
    version = platform.python_version()
    python = Component(name="CPython", version=version, type=ComponentType.PLATFORM, bom_ref="CPython")
    parts = [python, *_packages(bundle), *_libraries(internal), *_models(internal / "resources" / "models")]
    for part in parts:
        bom.components.add(part)
        bom.register_dependency(bom.metadata.component, [part])
    return bom


def _packages(bundle: Path) -> Iterator[Component]:
    carried = _modules(bundle) | {path.name for path in (bundle / "_internal").iterdir()}
    owners = packages_distributions()
    names = {owner for module in carried for owner in owners.get(module, ())}
    names |= {package for package, _ in contents.PACKAGE_FILES}
    for name in sorted(names - {"heirloom"}):
        found = distribution(name)
        known_as = found.metadata["Name"].lower().replace("_", "-")
        url = PackageURL("pypi", name=known_as, version=found.version)
        yield Component(
            name=known_as,
            version=found.version,
            type=ComponentType.LIBRARY,
            bom_ref=str(url),
            purl=url,
            description=found.metadata["Summary"],
        )


def _modules(bundle: Path) -> set[str]:
    """Return the top-level names of all Python modules inside the two programs."""
    from PyInstaller.archive.readers import CArchiveReader

    names: set[str] = set()
    for program in ("heirloom", "heirloom-desktop"):
        path = bundle / (f"{program}.exe" if sys.platform == "win32" else program)
        archive = CArchiveReader(str(path))
        modules = archive.open_embedded_archive("PYZ.pyz").toc if "PYZ.pyz" in archive.toc else {}
        names |= {str(name).partition(".")[0] for name in modules}
    return names


def _libraries(internal: Path) -> Iterator[Component]:
    for path in sorted(internal.iterdir()):
        if path.is_file() and not path.is_symlink() and (".so" in path.name or path.suffix == ".dll"):
            yield _file(path, path.name, "", _debian_package(path.name))


def _models(folder: Path) -> Iterator[Component]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for model in manifest["models"]:
        for part in model["files"].values():
            yield _file(folder / part["file"], part["file"], model["version"])


def _file(path: Path, name: str, version: str, package: PackageURL | None = None) -> Component:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    kind = ComponentType.MACHINE_LEARNING_MODEL if path.suffix == ".onnx" else ComponentType.LIBRARY
    checksum = HashType(alg=HashAlgorithm.SHA_256, content=digest)
    return Component(
        name=name,
        version=package.version if package is not None else version or None,
        type=kind,
        hashes=[checksum],
        bom_ref=name,
        purl=package,
    )


def _debian_package(library: str) -> PackageURL | None:
    """Name the package that a library of the build machine came from, where that is a Debian."""
    if shutil.which("dpkg-query") is None:
        return None
    found = _dpkg("--search", f"*/{library}").partition(":")[0]
    version = _dpkg("--show", "--showformat=${Version}\\n", found).partition("\n")[0] if found else ""
    return PackageURL("deb", "debian", found, version) if version else None


@functools.cache
def _dpkg(*arguments: str) -> str:
    return subprocess.run(["dpkg-query", *arguments], capture_output=True, text=True).stdout


def main() -> int:
    """Write the list of a bundle to a file."""
    bundle, output = map(Path, sys.argv[1:3])
    output.write_text(JsonV1Dot6(bill(bundle)).output_as_string(indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
