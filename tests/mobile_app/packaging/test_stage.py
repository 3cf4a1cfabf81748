"""The staged app: what it contains, and the settings that the Flet tools read from it."""

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


def test_only_phone_code_is_packed(staged: Path) -> None:
    names = {path.relative_to(staged).as_posix() for path in staged.rglob("*") if path.is_file()}
    assert {path.name for path in staged.iterdir()} == {
        *("assets", "main.py", "mobile_app", "pyproject.toml", "requirements.lock", "shared")
    }
    assert {"mobile_app/main.py", "shared/merge.py", "assets/icon.png"} <= names
    assert not [n for n in names if "packaging" in n or "__pycache__" in n or "sync_server" in n]


def test_packed_code_does_not_import_the_server(staged: Path) -> None:
    sources = [path.read_text("utf-8") for path in staged.rglob("*.py")]
    assert not [source for source in sources if re.search(r"^\s*(from|import) sync_server", source, re.M)]


def test_flet_cli_reads_every_flet_setting(staged: Path) -> None:
    sources = "".join(path.read_text("utf-8") for path in Path(flet_cli.__file__ or "").parent.rglob("*.py"))
    read = {
        re.sub(r"\\{[^}]*\\}", "[a-z_0-9]+", re.escape(name))
        for name in re.findall(r"\"(tool\.flet\.[\w.{}]+)\"", sources)
    }
    settings = tomllib.loads((staged / "pyproject.toml").read_text("utf-8"))["tool"]["flet"]
    for path in leaves(settings, "tool.flet"):
        assert any(re.match(rf"{name}(\.|$)", path) for name in read), path


@pytest.mark.parametrize("target", ["apk", "ipa"])
def test_flet_cli_understands_permissions_names_and_colours(staged: Path, target: str) -> None:
    app_spec = spec.read(PROJECT)
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
    data = command.template_data
    options = data["options"]
    assert data["product_name"] == app_spec.name
    assert data["bundle_id"] == app_spec.bundle_id
    assert data["splash"]["color"] == app_spec.splash
    assert options["android_permissions"] == {
        "android.permission.INTERNET": True,
        **{name: True for permission in app_spec.permissions.values() for name in permission.android},
    }
    assert options["info_plist"] == {
        permission.ios: permission.wording for permission in app_spec.permissions.values()
    }


def test_location_permission_is_limited_to_while_in_use() -> None:
    permission = spec.read(PROJECT).permissions["location"]
    assert permission.ios == "NSLocationWhenInUseUsageDescription"
    assert "android.permission.ACCESS_BACKGROUND_LOCATION" not in permission.android
    assert "不在后台" in permission.wording


def test_a_missing_entry_or_lock_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem) as entry:
        stage.stage(tmp_path, spec.read(PROJECT), tmp_path / "out")
    assert entry.value.code == "phone_entry_missing"
    (tmp_path / "mobile_app").mkdir()
    (tmp_path / "mobile_app" / "main.py").touch()
    with pytest.raises(Problem) as lock:
        stage.stage(tmp_path, spec.read(PROJECT), tmp_path / "out")
    assert lock.value.code == "phone_lock_missing"


def test_toml_round_trips() -> None:
    table = {"a b": {"x": True, "y": ['"quoted"', "安澜\\\n"], "deeper": {"n": 3}}, "plain": "·"}
    assert tomllib.loads(stage.toml(table)) == table
