"""What is known of a run's ONNX files, kept beside them."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from components.models.files import ModelFiles
from components.training.runs import Run
from components.training.stored import from_stored

FOLDER, REPORT = "onnx", "report.json"
EXACT, SMALL = "model.onnx", "model.int8.onnx"
VARIANTS = {"float32": EXACT, "int8": SMALL}


@dataclass(frozen=True)
class OnnxReport:
    """measure: name of the score. rows: judged rows that were asked (`answers` answers in all); exact, small: the score (0..1) with float32 and
    int8 weights on them; changed: answers that differ between the two. difference: the largest between PyTorch's logits and ONNX's on
    `compared` rows. exact_bytes, small_bytes: of the files. seconds: how long it took. weights: of which model, as `stamp` tells it. words: Python that defines
    `words`, "" where the tokenizer takes a text as it is.
    """

    measure: str
    rows: int
    answers: int
    exact: float
    small: float
    changed: int
    difference: float
    compared: int
    exact_bytes: int
    small_bytes: int
    seconds: float
    weights: str
    words: str = ""

    def bytes_of(self, variant: str) -> int:
        return self.exact_bytes if variant == "float32" else self.small_bytes


def stamp(model: Path) -> str:
    """Changes with the weights in the folder `model`."""
    return json.dumps(ModelFiles("", model).stamp())


def onnx_folder(run: Run) -> Path:
    return run.folder / FOLDER


def report_of(run: Run) -> OnnxReport | None:
    """None where no ONNX files were made of the model as it is now."""
    try:
        report = from_stored(OnnxReport, json.loads((onnx_folder(run) / REPORT).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return report if report.weights == stamp(run.model_dir) else None


def write_report(folder: Path, report: OnnxReport) -> None:
    (folder / REPORT).write_text(json.dumps(asdict(report), indent=1), encoding="utf-8")
