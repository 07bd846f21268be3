"""What can be said of the Inno Setup script where its compiler does not run."""

import re
from pathlib import Path

import pytest

from engine.photo import EXTENSIONS

TEXT = (Path(__file__).parents[2] / "resources/installer/windows/heirloom.iss").read_text(encoding="utf-8")


def sections() -> dict[str, list[str]]:
    """Lines of each section, without comments and directives."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in TEXT.splitlines():
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            name = heading[1]
            assert name not in found, f"{name} appears twice"
            found[name] = []
        elif line.strip() and not line.strip().startswith((";", "#")):
            found[name].append(line)
    return found


def parameters(line: str) -> dict[str, str]:
    """The parameters of an entry; a quotation mark within quotation marks is doubled."""
    pairs = re.findall(r'(\w+): ("(?:[^"]|"")*"|[^;"]+)(?:; |$)', line)
    rest = "; ".join(f"{name}: {value}" for name, value in pairs)
    assert rest == line, f"not made of parameters: {line}"
    return {
        name: value[1:-1].replace('""', '"') if value[0] == '"' else value.strip() for name, value in pairs
    }


def entries(section: str) -> list[dict[str, str]]:
    return [parameters(line) for line in sections()[section]]


def settings() -> dict[str, str]:
    return dict(line.split("=", 1) for line in sections()["Setup"])


def test_it_has_known_sections_only():
    known = "Setup Languages CustomMessages Tasks InstallDelete Files Icons Registry Run Code"
    assert list(sections()) == known.split()


def test_it_needs_no_administrator():
    assert settings()["PrivilegesRequired"] == "lowest"
    assert settings()["DefaultDirName"].startswith("{autopf}")
    assert {entry["Root"] for entry in entries("Registry")} <= {"HKA", "HKCU"}


def test_an_upgrade_removes_the_old_internal():
    assert {"Type": "filesandordirs", "Name": r"{app}\_internal"} in entries("InstallDelete")


def test_both_programs_are_installed_and_one_is_in_the_menu():
    (files,) = entries("Files")
    assert files["Source"] == r"{#Bundle}\*"
    assert "recursesubdirs" in files["Flags"].split()
    assert entries("Icons")[0] == {
        "Name": r"{autoprograms}\Heirloom",
        "Filename": r"{app}\heirloom-desktop.exe",
    }


def test_explorer_offers_heirloom_for_every_kind_of_photo():
    offered = {e["ValueName"] for e in entries("Registry") if e["Subkey"].endswith("SupportedTypes")}
    assert offered == EXTENSIONS


def test_every_command_of_the_registry_quotes_program_and_photo():
    commands = [e["ValueData"] for e in entries("Registry") if e["Subkey"].endswith(r"\command")]
    assert commands
    assert set(commands) == {r'"{app}\heirloom-desktop.exe" "%1"'}


def test_what_is_written_to_the_registry_is_removed_again():
    for entry in entries("Registry"):
        if entry["Subkey"] == "Environment":
            continue  # shared with other programs: RemoveFromPath takes out the one folder
        above = [e["Subkey"] for e in entries("Registry") if "uninsdeletekey" in e.get("Flags", "")]
        assert any(entry["Subkey"].startswith(key) for key in above), entry


def test_tasks_are_defined_and_used():
    defined = {entry["Name"] for entry in entries("Tasks")}
    used = {e["Tasks"] for part in ("Registry", "Icons", "Files") for e in entries(part) if "Tasks" in e}
    assert defined == used


def test_every_message_is_there_in_every_language():
    languages = [entry["Name"] for entry in entries("Languages")]
    messages = {line.partition("=")[0] for line in sections()["CustomMessages"]}
    named = set(re.findall(r"\{cm:(\w+)[,}]", TEXT)) | set(re.findall(r"CustomMessage\('(\w+)'\)", TEXT))
    own = named - {"CreateDesktopIcon", "LaunchProgram"}  # of Inno Setup itself
    assert messages == {f"{language}.{name}" for language in languages for name in own}


def test_settings_go_only_when_somebody_says_so():
    code = "\n".join(sections()["Code"])
    assert code.index("UninstallSilent") < code.index("MsgBox") < code.index("DelTree")
    assert "MB_DEFBUTTON2" in code  # the answer of the impatient is No


@pytest.mark.parametrize("word", ["begin", "procedure", "function"])
def test_the_code_is_balanced(word):
    code = "\n".join(sections()["Code"])
    count = len(re.findall(rf"^\s*{word}\b", code, re.MULTILINE))
    assert count
    if word == "begin":
        assert count == len(re.findall(r"^\s*end;", code, re.MULTILINE))


def test_the_driver_gives_what_the_script_asks_for():
    from resources.installer import build

    source = Path(build.__file__).read_text(encoding="utf-8")
    asked = set(re.findall(r"\{#(\w+)\}", TEXT)) | {"Variant"}
    given = set(re.findall(r"/D(\w+)=", source)) | set(re.findall(r"#define (\w+)", TEXT))
    assert asked <= given
    assert settings()["OutputBaseFilename"] + ".exe" in source.replace("{__version__}", "{#Version}").replace(
        "{variant}", "{#Variant}"
    )
