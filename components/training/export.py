"""A finished run for elsewhere: a zip that transformers loads on a clean machine, with a model card."""

import io
import json
import zipfile
from collections.abc import Callable

from components.errors import TrainingError
from components.messages import message
from components.training.judged import JudgedResult
from components.training.results import ClassificationResult, RowCounts
from components.training.runs import Run

# Settings that only make sense inside the app.
INNER = ("text", "label", "group", "checkpoint_seconds", "probe")


# What the Hub calls the tasks.
PIPELINES = dict.fromkeys(("classification", "several_labels", "number"), "text-classification")


def export_zip(run: Run, language: str = "en") -> bytes:
    """The run's model folder as a zip: safetensors, configuration, tokenizer files, README.md (a model card), scores.json.

    Nothing of the user's data is in it. Stored, not compressed: weights hardly shrink. Raises TrainingError while there is no model.
    """
    if not (run.model_dir / "config.json").exists():
        raise TrainingError("training.not-finished")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(run.model_dir.rglob("*")):
            if path.is_file() and path.name != "README.md":
                archive.write(path, path.relative_to(run.model_dir))
        archive.writestr("README.md", model_card(run, language))
        archive.writestr("scores.json", json.dumps(run.scores, indent=1))
    return out.getvalue()


def model_card(run: Run, language: str = "en") -> str:
    """What the model is, on what it was trained and judged, how well it does, and the code to use it: Markdown with Hub front matter."""

    def t(key: str, **values: object) -> str:
        return message(f"training.card-{key}", language, **values)

    settings = run.settings
    front = ["---", "library_name: transformers", f"language: {settings.language}"]
    front += [f"pipeline_tag: {PIPELINES.get(settings.task, 'fill-mask')}", "---"]
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
        "\n".join(f"- `{name}`: {value}" for name, value in settings.to_json().items() if name not in INNER),
        f"## {t('use')}",
        f"```python\n{usage_code(run)}```",
        f"## {t('limits')}",
        t("limits-text"),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


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
        lines += _measure_rows(run.result)
        lines += ["", t("interval", rows=run.result.rows.test)]
        if run.result.thresholds:
            lines += ["", t("thresholds")]
    else:
        lines += [f"| {name} | {value:.4g} |" for name, value in run.scores.items()]
    return "\n".join(lines)


def _measure_rows(result: JudgedResult) -> list[str]:
    """Rows of the table of scores: each measure of the model with its interval, of the baselines, and of each part."""
    lines = [
        f"| {name.replace('_', ' ')} | {score.value:.3f} ({score.low:.3f} - {score.high:.3f}) |" for name, score in result.measures.items()
    ]
    for name, measures in result.baselines.items():
        lines.append(f"| {result.main.replace('_', ' ')}, baseline {name.replace('_', ' ')} | {measures[result.main].value:.3f} |")
    for part in result.parts:
        told = [f"{name} {score.value:.3f}" for name, score in part.measures.items() if score]
        if part.name in result.thresholds:
            told.append(f"threshold {result.thresholds[part.name]:.2f}")
        lines.append(f"| {one_line(part.name)} | {', '.join(told)} |")
    return lines


def usage_code(run: Run, folder: str = ".") -> str:
    """Plain transformers code that loads the folder and answers for one text."""
    if run.settings.task in OWN_USAGE:
        return OWN_USAGE[run.settings.task](run, folder)
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


def _loading(run: Run, folder: str) -> str:
    return (
        "import torch\n"
        "from transformers import AutoModelForSequenceClassification, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n'
        f'model = AutoModelForSequenceClassification.from_pretrained("{folder}").eval()\n'
        f'inputs = tokenizer("...", truncation=True, max_length={run.settings.max_length}, return_tensors="pt")\n'
        "with torch.inference_mode():\n"
    )


def _labels_usage(run: Run, folder: str) -> str:
    limits = dict(run.result.thresholds) if isinstance(run.result, JudgedResult) else {}
    return (
        f"{_loading(run, folder)}"
        "    probabilities = model(**inputs).logits.sigmoid()[0].tolist()\n"
        f"thresholds = {json.dumps(limits, ensure_ascii=False)}\n"
        "named = {model.config.id2label[place]: share for place, share in enumerate(probabilities)}\n"
        "print({label: share for label, share in named.items() if share >= thresholds.get(label, 0.5)})\n"
    )


def _number_usage(run: Run, folder: str) -> str:
    return f"{_loading(run, folder)}    number = float(model(**inputs).logits[0, 0])\nprint(number)\n"


OWN_USAGE: dict[str, Callable[[Run, str], str]] = {"several_labels": _labels_usage, "number": _number_usage}


def one_line(text: str) -> str:
    """User text inside Markdown: one line, and nothing that could become markup."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|" else character for character in " ".join(text.split()))
