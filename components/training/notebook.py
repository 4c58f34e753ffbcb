"""The training as plain transformers: a notebook that repeats a run, with the table that it reads, each row marked with its part; and a
program that trains on a table of one's own, before anything has run.
"""

import io
import json
import zipfile
from string import Template

import pandas as pd

from components.errors import TrainingError
from components.messages import message
from components.models import bundled
from components.models.plain_loading import whole_model
from components.tables.writing import write_table
from components.training import code_templates as templates
from components.training import entity_templates, pair_templates
from components.training.code_cells import AUTO_CLASSES, EVERY_LABEL, LABELS, cells
from components.training.export import one_line
from components.training.judged import JudgedResult
from components.training.kept_head import SMALL, is_kept
from components.training.quick_head import ABSENT, STEPS, STRENGTH
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.training.settings import FEW_ROWS, MEAN_WEIGHT, SAMPLE_ROWS, WHOLE_TEXT, Settings
from components.training.starting_models import STARTS

DATA = "training-data.csv"


def notebook(run: Run, language: str = "en") -> str:
    """The notebook as JSON (nbformat 4). It reads "training-data.csv" beside it and trains on the same rows; batches come in another order."""
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    def t(key: str, **values: object) -> str:
        return message(f"training.notebook-{key}", language, **values)

    cells = [new_markdown_cell(f"# {one_line(run.name)}\n\n" + t("intro", backbone=one_line(run.settings.backbone)))]
    for title, source in _code(run):
        cells += [new_markdown_cell("## " + t(title)), new_code_cell(source)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same run gives the same file
    return str(nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})))


def program(settings: Settings) -> str | None:
    """The same training as one program, for the table "training-data.csv" that holds the columns of `settings`; it is started in this
    project's folder, deals the rows itself, and needs no network for a bundled backbone. None for a backbone that plain code can't load."""
    backbone = whole_model(settings.backbone)
    if backbone is None:
        return None
    columns = _columns(settings)
    names = ["backbone", "tune", "epochs", "learning_rate", "batch_size", "max_length", "seed", "test"]
    names += ["hidden_dropout", "attention_dropout"] if settings.task != "domain_adaptation" else ["mask_share"]
    shown = {name: getattr(settings, name) for name in names} | {"backbone": backbone}
    published = bundled.published(settings.backbone)
    package = Template(templates.PACKAGE).substitute(vars(published)) if published else ""
    rows = package + Template(templates.OWN_ROWS).substitute(columns=repr(columns))
    parts = _parts(settings, shown, rows, LABELS.get(settings.task, EVERY_LABEL), "models/")
    return "\n".join(source for _, source in parts)


def _code(run: Run) -> list[tuple[str, str]]:
    """(title, source) of the notebook's cells."""
    inner = ("text", "label", "second", "start", "group", "checkpoint_seconds", "patience", "task", "language", "precision")
    shown = {name: value for name, value in run.settings.to_json().items() if name not in inner}
    shown["backbone"] = _outside(run.settings.backbone)
    labels = list(run.result.labels) if isinstance(run.result, ClassificationResult | JudgedResult) else []
    return _parts(run.settings, shown, templates.MARKED_ROWS, json.dumps(labels, ensure_ascii=False), "./", is_kept(run))


def _parts(settings: Settings, shown: dict[str, object], rows: str, labels: str, beside: str, kept: bool = False) -> list[tuple[str, str]]:
    """shown: the settings that the code reads. rows, labels: code for the parts and the class names. beside: where bundled folders lie.
    kept: logistic regression in the place of a training."""
    classifies = settings.task in (*WHOLE_TEXT, "entities")
    models = bundled.BY_BACKBONE.get(settings.backbone)
    start = beside + models.tasks[STARTS[settings.task]] if models and settings.task in STARTS else ""
    values = {
        "settings": json.dumps(shown, indent=4, ensure_ascii=False),
        "labels": labels,
        "auto_class": AUTO_CLASSES[settings.task],
        "head_rate": 5.0 if classifies else 1.0,
        "bfloat16": False,
        "mean_weight": MEAN_WEIGHT,
        "strength": STRENGTH,
        "regression_steps": STEPS,
        "absent": ABSENT,
        "small": SMALL,
        "sample_rows": SAMPLE_ROWS if settings.encodes_once else FEW_ROWS,
        "standardised": (
            *(("head",) if settings.task == "pair_classes" else ()),
            "top",
            "lora",
            *(("all",) if models else ()),
        ),  # as `tuning` does it for a backbone without a pooler
        "more": (" sentence-transformers datasets" if settings.task == "pairs" else "")
        + (" fugashi unidic-lite" if settings.language == "ja" else ""),
        "twin": Template(templates.TWIN).substitute(folder=start) if start else "",
        "tagger": Template(entity_templates.TAGGER).substitute(folder=start) if start else "",
        "adapter": ""
        if models is None or models.encoder == models.backbone
        else Template(pair_templates.ADAPTER).substitute(folder=beside + models.encoder),
    }
    filled = [(title, Template(source).substitute(values)) for title, source in cells(settings.task, kept)]
    return [(title, source + rows if title == "load" else source) for title, source in filled]


def _columns(settings: Settings) -> dict[str, str]:
    """The columns that the code reads, by the names that it has for them."""
    named = {settings.text: "text", settings.second: "second", settings.label: "label"}
    return {column: name for column, name in named.items() if column}


def _outside(backbone: str) -> str:
    """Where anyone finds a bundled backbone: on the Hub, or a folder of this project, put beside the notebook."""
    published = bundled.published(backbone)
    return published.hub_name if published else f"./{backbone}" if backbone in bundled.BY_BACKBONE else backbone


def notebook_zip(run: Run, language: str = "en") -> bytes:
    """The notebook and its data, for the owner: "training.ipynb" and "training-data.csv" (text, label, part).

    Raises TrainingError while nothing was trained, or where the rows are gone.
    """
    try:
        frame = pd.read_parquet(run.folder / "data.parquet").merge(pd.read_parquet(run.folder / "parts.parquet"), on="row")
    except FileNotFoundError as error:
        raise TrainingError("training.not-finished") from error
    columns = _columns(run.settings)
    table = frame[[*columns, "part"]].rename(columns=columns)
    if "label" in table:
        table["label"] = table["label"].str.strip()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("training.ipynb", notebook(run, language))
        archive.writestr("training-data.csv", write_table(table.astype("str")).data)
    return out.getvalue()
