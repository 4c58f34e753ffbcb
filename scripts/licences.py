"""Writes docs/licences.md: every package that an installation of requirements.txt brings, and every bundled model, with its licence.

    python scripts/licences.py            # writes the page
    python scripts/licences.py --check    # what is known to be vulnerable among them, where pip-audit and its database can be had

Licences of packages are what their own metadata says; of models, what their cards say.
"""

import re
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from components.models.cards import catalog, writers  # noqa: E402

PAGE = ROOT / "docs" / "licences.md"
NAMES = {"apache software license": "Apache-2.0", "apache 2.0": "Apache-2.0", "apache license 2.0": "Apache-2.0", "mit license": "MIT", "bsd license": "BSD",
         "bsd": "BSD", "mit": "MIT"}  # fmt: skip


# What pip-audit or Python says where the one or its database isn't there.
UNREACHABLE = ("No module named", "ConnectionError", "ConnectTimeout", "Max retries", "Could not connect", "Tunnel connection failed")
# What a package says in its files and not in its metadata.
STATED = {"cleanlab": "Apache-2.0", "ipadic": "IPADIC licence (NAIST)"}


def main() -> None:
    if "--check" in sys.argv:
        sys.exit(check())
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    lines = ["# Licences", "", "Made by `python scripts/licences.py`; a test says when it is out of date.", ""]
    lines += ["## Packages that are installed", "", "| package | licence | source |", "|---|---|---|"]
    for name, found in sorted(installed().items()):
        lines.append(f"| {name} | {licence(found)} | {source(found)} |")
    lines += ["", "## Models that come with the app", "", "| model | licence |", "|---|---|"]
    lines += [f"| {card.id} | {card.licence} |" for card in sorted([*catalog(), *writers()], key=lambda card: card.id) if card.bundled]
    return "\n".join(
        [
            *lines,
            "",
            "Data that the models were trained on: [NOTICE](../NOTICE). The heading face: [its licence](../static/himotoku-mincho.LICENSE.txt).",
            "",
        ]
    )


def installed() -> dict[str, Distribution]:
    """Name -> package, of requirements.txt and of what those require on this system."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    wanted = [(Requirement(line), "") for line in lines if line and not line.startswith("#")]
    found: dict[str, Distribution] = {}
    while wanted:
        requirement, extra = wanted.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate(default_environment() | {"extra": extra})):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        wanted += [(Requirement(line), extra) for line in found[name].requires or [] for extra in ("", *requirement.extras)]
    return found


def licence(package: Distribution) -> str:
    about = package.metadata
    if stated := STATED.get(canonicalize_name(about["Name"])):
        return stated
    said = about.get("License-Expression") or ""
    classified = [line.rpartition("::")[2].strip() for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    said = (
        said
        or ", ".join(one for one in classified if one != "OSI Approved")
        or (about.get("License") or "").strip().splitlines()[:1]
        or "not stated"
    )
    said = said if isinstance(said, str) else said[0]
    return NAMES.get(said.lower(), said)[:80]


def source(package: Distribution) -> str:
    urls = [line.partition(", ")[2] for line in package.metadata.get_all("Project-URL") or []]
    known = [url for url in urls if re.match(r"https://(github|gitlab)\.com/", url)] or urls or [package.metadata.get("Home-page") or ""]
    return known[0].strip()


def check() -> int:
    """pip-audit over requirements.txt; says so where it or its database can't be reached."""
    done = subprocess.run([sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip"], cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    if any(words in done.stderr for words in UNREACHABLE):
        print("Not checked: pip-audit or its database can't be reached from here.")
        return 0
    print(done.stdout, done.stderr, sep="\n")
    return done.returncode


if __name__ == "__main__":
    main()
