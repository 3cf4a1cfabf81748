"""What is packed, and what the staged app says to the Flet tools that read it."""

import argparse
import re
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import flet_cli  # type: ignore[import-untyped]
import pytest
from flet_cli.commands.build import Command  # type: ignore[import-untyped]
from flet_cli.utils.pyproject_toml import load_pyproject_toml  # type: ignore[import-untyped]

from mobile_app.packaging import spec, stage
from mobile_app.packaging.command import PROJECT
from shared.problems import Problem


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stage.stage(PROJECT, spec.read(PROJECT), tmp_path_factory.mktemp("staged"))


def leaves(table: dict[str, Any], path: str) -> list[str]:
    """The dotted paths of all values below `path`."""
    return [
        leaf
        for key, value in table.items()
        for leaf in (leaves(value, f"{path}.{key}") if isinstance(value, dict) else [f"{path}.{key}"])
    ]


def test_only_the_phones_side_is_packed(staged: Path) -> None:
    names = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    assert {path.name for path in staged.iterdir()} == {
        *("assets", "main.py", "mobile_app", "pyproject.toml", "requirements.lock", "shared")
    }
    assert {"mobile_app/main.py", "shared/merge.py", "assets/icon.png"} <= names
    assert not [n for n in names if "packaging" in n or "__pycache__" in n or "sync_server" in n]


def test_nothing_that_is_packed_imports_the_server(staged: Path) -> None:
    sources = [path.read_text("utf-8") for path in staged.rglob("*.py")]
    assert not [source for source in sources if re.search(r"^\s*(from|import) sync_server", source, re.M)]


def test_every_flet_setting_is_one_that_flet_cli_reads(staged: Path) -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(flet_cli.__file__ or "").parent.rglob("*.py"))
    read = {
        re.sub(r"\\{[^}]*\\}", "[a-z_0-9]+", re.escape(name))
        for name in re.findall(r"\"(tool\.flet\.[\w.{}]+)\"", sources)
    }
    said = tomllib.loads((staged / "pyproject.toml").read_text("utf-8"))["tool"]["flet"]
    for path in leaves(said, "tool.flet"):
        assert any(re.match(rf"{name}(\.|$)", path) for name in read), path


@pytest.mark.parametrize("target", ["apk", "ipa"])
def test_flet_cli_understands_permissions_names_and_colours(staged: Path, target: str) -> None:
    said = spec.read(PROJECT)
    parser = argparse.ArgumentParser()
    command: Any = Command(parser)
    command.options = parser.parse_args([target, str(staged)])
    command.target_platform = target
    command.package_platform = command.platforms[target]["package_platform"]
    command.config_platform = command.platforms[target]["config_platform"]
    command.python_app_path = staged
    command.flutter_dir = staged / "build" / "flutter"
    command.get_pyproject = load_pyproject_toml(staged)
    command.python_release = SimpleNamespace(android_abis=["arm64-v8a"], pyodide="", short="3.14")
    command.validate_entry_point()
    command.setup_template_data()
    understood = command.template_data
    asked = understood["options"]
    assert understood["product_name"] == said.name
    assert understood["bundle_id"] == said.bundle_id
    assert understood["splash"]["color"] == said.splash
    assert asked["android_permissions"] == {
        "android.permission.INTERNET": True,
        **{name: True for permission in said.permissions.values() for name in permission.android},
    }
    assert asked["info_plist"] == {one.ios: one.wording for one in said.permissions.values()}


def test_location_is_asked_for_only_while_in_use() -> None:
    asked = spec.read(PROJECT).permissions["location"]
    assert asked.ios == "NSLocationWhenInUseUsageDescription"
    assert "android.permission.ACCESS_BACKGROUND_LOCATION" not in asked.android
    assert "不在后台" in asked.wording


def test_a_missing_entry_or_lock_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem) as entry:
        stage.stage(tmp_path, spec.read(PROJECT), tmp_path / "out")
    assert entry.value.code == "phone_entry_missing"
    (tmp_path / "mobile_app").mkdir()
    (tmp_path / "mobile_app" / "main.py").touch()
    with pytest.raises(Problem) as lock:
        stage.stage(tmp_path, spec.read(PROJECT), tmp_path / "out")
    assert lock.value.code == "phone_lock_missing"


def test_toml_comes_back_as_it_was_said() -> None:
    table = {"a b": {"x": True, "y": ['"quoted"', "安澜\\\n"], "deeper": {"n": 3}}, "plain": "·"}
    assert tomllib.loads(stage.toml(table)) == table
