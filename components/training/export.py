"""A finished run for elsewhere: a zip that transformers loads on a clean machine, with a model card."""

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from components.errors import TrainingError
from components.messages import message
from components.training.export_usage import FRONT, USAGE, judged_rows
from components.training.export_usage import one_line as one_line
from components.training.judged import JudgedResult
from components.training.kept_head import is_kept
from components.training.portable.report import OnnxReport, report_of
from components.training.quick_head import STRENGTH
from components.training.results import ClassificationResult, RowCounts
from components.training.runs import Run

# Settings that only make sense inside the app.
INNER = ("text", "label", "second", "start", "group", "checkpoint_seconds", "probe")
# Of a clone of Himotoku, where the model's files lie in ./model.
COMMANDS = "python -m components.cli predict ./model texts.csv -o answers.csv\npython -m components.cli serve ./model --port 8600\n"


def export_zip(run: Run, language: str = "en") -> bytes:
    """The run's model folder as a zip: safetensors, configuration, tokenizer files, README.md (a model card), scores.json.

    Nothing of the user's data is in it. Stored, not compressed: weights hardly shrink. Raises TrainingError while there is no model.
    """
    return zipped(export_files(run, language))


def export_files(run: Run, language: str = "en") -> dict[str, Path | bytes]:
    """Name -> file, or what is written, of all that the model is elsewhere. Raises TrainingError while there is no model."""
    if not (run.model_dir / "config.json").exists():
        raise TrainingError("training.not-finished")
    paths = (path for path in sorted(run.model_dir.rglob("*")) if path.is_file() and path.name != "README.md")
    files: dict[str, Path | bytes] = {path.relative_to(run.model_dir).as_posix(): path for path in paths}
    card, scores = model_card(run, language), json.dumps(run.scores, indent=1)
    return files | {"README.md": card.encode(), "scores.json": scores.encode()}


def export_folder(run: Run, folder: Path, language: str = "en") -> None:
    """The same files into `folder`, which is made where it isn't there. Raises TrainingError while there is no model."""
    for name, content in export_files(run, language).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else shutil.copyfile(content, path)


def zipped(files: Mapping[str, Path | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content) if isinstance(content, bytes) else archive.write(content, name)
    return out.getvalue()


def model_card(run: Run, language: str = "en") -> str:
    """What the model is, on what it was trained and judged, how well it does, and the code to use it: Markdown with Hub front matter."""

    def t(key: str, **values: object) -> str:
        return message(f"training.card-{key}", language, **values)

    settings = run.settings
    tag, library = FRONT[settings.task]
    front = ["---", f"library_name: {library}", f"language: {settings.language}", f"pipeline_tag: {tag}", "---"]
    data = run.data
    rows = run.result.rows if run.result else RowCounts()
    parts = [
        "\n".join(front),
        f"# {one_line(run.name)}",
        t("intro", backbone=one_line(settings.backbone)),
        f"## {t('data')}",
        t("data-text", name=one_line(str(data.get("name", "-"))), rows=data.get("rows", 0), digest=data.get("digest", "-"), columns=", ".join(f"`{one_line(name)}`" for name in data.get("columns", []))),
        t("split-text", train=rows.train, validation=rows.validation, test=rows.test, seed=settings.seed),
        f"## {t('scores')}",
        _score_table(run, t),
        f"## {t('settings')}",
        "\n".join(f"- `{name}`: {value}" for name, value in _told_settings(run).items()),
        f"## {t('use')}",
        f"```python\n{usage_code(run)}```",
        t("command-line"),
        f"```sh\n{COMMANDS}```",
        *_onnx_part(run, t),
        f"## {t('limits')}",
        t("limits-text"),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _told_settings(run: Run) -> dict[str, object]:
    """What the card tells of the settings; of a kept regression without those of a training in steps."""
    told = {name: value for name, value in run.settings.to_json().items() if name not in INNER}
    if not is_kept(run):
        return told
    plain = {name: told[name] for name in ("language", "task", "backbone", "max_length", "seed", "validation", "test")}
    return {"method": f"logistic regression (C = {STRENGTH}) on the frozen encoder", **plain}


def _score_table(run: Run, t: Callable[..., str]) -> str:
    lines = [f"| {t('measure')} | {t('value')} |", "|---|---|"]
    if isinstance(run.result, ClassificationResult):
        judgement = run.result.judgement
        for name, score in judgement.intervals.items():
            lines.append(f"| {name} | {score.value:.3f} ({score.low:.3f} - {score.high:.3f}) |")
        lines.append(f"| expected calibration error | {judgement.ece:.3f} |")
        for name, scores in run.result.baselines.items():
            lines.append(f"| accuracy, baseline {name} | {scores.accuracy.value:.3f} |")
        lines += ["", t("interval", rows=judgement.rows)]
    elif isinstance(run.result, JudgedResult):
        lines += [*judged_rows(run.result), "", t("resampled", rows=run.result.rows.test)]
        if run.result.thresholds:
            lines += ["", t("thresholds")]
    else:
        lines += [f"| {name} | {value:.4g} |" for name, value in run.scores.items()]
    return "\n".join(lines)


def _onnx_part(run: Run, t: Callable[..., str]) -> list[str]:
    """What the ONNX files of the model cost, where they were made."""
    report = report_of(run)
    return [f"## {t('onnx')}", t("onnx-text", **onnx_values(report))] if report else []


def onnx_values(report: OnnxReport) -> dict[str, object]:
    """What is said of ONNX files, on the page as in the card."""
    return {
        "measure": report.measure,
        "rows": report.rows,
        "answers": report.answers,
        "exact": f"{report.exact:.3f}",
        "small": f"{report.small:.3f}",
        "changed": report.changed,
        "difference": f"{report.difference:.1g}",
        "compared": report.compared,
        "exact_size": f"{report.exact_bytes / 1e6:,.1f} MB",
        "small_size": f"{report.small_bytes / 1e6:,.1f} MB",
    }


def usage_code(run: Run, folder: str = ".") -> str:
    """Plain transformers code that loads the folder and answers for one text."""
    if run.settings.task in USAGE:
        return USAGE[run.settings.task](run, folder)
    if run.settings.task != "classification":
        return (
            "from transformers import AutoModelForMaskedLM, AutoTokenizer\n\n"
            f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n'
            f'model = AutoModelForMaskedLM.from_pretrained("{folder}")\n'
            'inputs = tokenizer(f"... {tokenizer.mask_token} ...", return_tensors="pt")\n'
            'masks = inputs["input_ids"][0] == tokenizer.mask_token_id\n'
            "best = model(**inputs).logits[0][masks].topk(5).indices[0]\n"
            "print(tokenizer.convert_ids_to_tokens(best))\n"
        )
    temperature = run.result.temperature if isinstance(run.result, ClassificationResult) else 1.0
    return (
        "import torch\n"
        "from transformers import AutoModelForSequenceClassification, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n'
        f'model = AutoModelForSequenceClassification.from_pretrained("{folder}").eval()\n'
        f'inputs = tokenizer("...", truncation=True, max_length={run.settings.max_length}, return_tensors="pt")\n'
        "with torch.inference_mode():\n"
        f"    probabilities = (model(**inputs).logits / {temperature:.4f}).softmax(-1)[0]\n"
        "label = model.config.id2label[int(probabilities.argmax())]\n"
        "print(label, float(probabilities.max()))\n"
    )
