"""A run's ONNX files as a zip, with a README whose program needs onnxruntime and tokenizers alone."""

import json
from pathlib import Path

from components.errors import TrainingError
from components.messages import message
from components.models.files import read_json
from components.training.export import one_line, onnx_values, zipped
from components.training.portable import portable
from components.training.portable.report import VARIANTS, OnnxReport, onnx_folder, report_of
from components.training.results import ClassificationResult
from components.training.runs import Run


def onnx_zip(run: Run, variant: str, language: str = "en") -> bytes:
    """`variant`: "float32" or "int8"; the network is called model.onnx in either. Raises TrainingError where no ONNX files were made."""
    report = _report(run)
    files = _common(run) | {"model.onnx": onnx_folder(run) / VARIANTS[variant]}
    return zipped(files | {"README.md": readme(run, report, variant, language).encode()})


def hub_files(run: Run) -> dict[str, Path | bytes]:
    """Both networks as they stand in a repository beside the model, in its folder "onnx". Raises TrainingError where no ONNX files were made."""
    _report(run)
    files = _common(run) | {name: onnx_folder(run) / name for name in VARIANTS.values()}
    return {f"onnx/{name}": content for name, content in files.items()}


def _report(run: Run) -> OnnxReport:
    report = report_of(run)
    if report is None:
        raise TrainingError("training.onnx-none")
    return report


def _common(run: Run) -> dict[str, Path | bytes]:
    settings = json.dumps(_settings(run), ensure_ascii=False, indent=1)
    return {"tokenizer.json": onnx_folder(run) / "tokenizer.json", "settings.json": settings.encode()}


def _settings(run: Run) -> dict[str, object]:
    """What the program reads: labels in the order of the logits, and what the logits are divided by."""
    kept = read_json(run.model_dir / "settings.json", run.id)
    config = read_json(run.model_dir / "tokenizer_config.json", run.id)
    temperature = run.result.temperature if isinstance(run.result, ClassificationResult) else kept.get("temperature", 1.0)
    named = {} if "labels" in kept else _names(run)
    return {**named, **kept, "temperature": temperature, "mask_token": config.get("mask_token", "[MASK]")}


def _names(run: Run) -> dict[str, object]:
    """What the configuration calls the logits, where it names them."""
    names = read_json(run.model_dir / "config.json", run.id).get("id2label") or {}
    labels = [str(names[place]) for place in sorted(names, key=int)]
    return {"labels": labels} if not all(label.startswith("LABEL_") for label in labels) else {}


def program(run: Run, report: OnnxReport) -> str:
    """The README's program: it answers for the texts in it, in the folder of the zip's files."""
    return (
        "import json\n\nimport numpy as np\nimport onnxruntime\nfrom tokenizers import Tokenizer\n\n"
        f"{report.words}"
        'settings = json.load(open("settings.json", encoding="utf-8"))\n'
        'tokenizer = Tokenizer.from_file("tokenizer.json")\n'
        'session = onnxruntime.InferenceSession("model.onnx")\n'
        f"{portable(run.settings.task, _settings(run)).code(bool(report.words))}"
    )


def readme(run: Run, report: OnnxReport, variant: str, language: str) -> str:
    packages = ["onnxruntime", "tokenizers"]
    if report.words:
        packages += [
            "fugashi",
            next(line.split()[-1] for line in report.words.splitlines() if line.startswith("import ")).replace("_", "-"),
        ]
    parts = [
        f"# {one_line(run.name)} ({variant})",
        message("training.card-onnx-text", language, **onnx_values(report)),
        f"```sh\npip install {' '.join(packages)}\n```",
        f"```python\n{program(run, report)}```",
        message("training.card-limits-text", language),
    ]
    return "\n\n".join(parts) + "\n"
