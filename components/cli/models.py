"""`models`: what there is to ask, bundled and trained here."""

import json
from argparse import Namespace

from components.cli.answering import MODULES
from components.models.cards import catalog
from components.training.kept import kept_runs


def run(options: Namespace, language: str) -> None:
    entries: list[dict[str, str | int]] = [
        {"model": card.id, "task": card.task, "language": card.language, "bytes": card.size_bytes, "name": ""}
        for card in catalog()
        if card.bundled and card.task in MODULES
    ]
    for kept in kept_runs():
        size = sum(path.stat().st_size for path in kept.model_dir.glob("*.safetensors"))
        entries.append(
            {"model": f"run:{kept.id}", "task": kept.settings.task, "language": kept.settings.language, "bytes": size, "name": kept.name}
        )
    if options.json:
        print(json.dumps(entries, ensure_ascii=False, indent=1))
        return
    width = max(len(str(entry["model"])) for entry in entries)
    for entry in entries:
        shown = f"{int(entry['bytes']) / 1e6:,.1f} MB"
        print(f"{entry['model']:<{width}}  {entry['task']:<18}  {entry['language']}  {shown:>9}  {_plain(str(entry['name']))}".rstrip())


def _plain(name: str) -> str:
    """A name that somebody typed, without what would move a terminal's cursor."""
    return "".join(character for character in name if character.isprintable())
