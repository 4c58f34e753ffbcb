"""How a downloaded model is used, task by task: plain code for the model card, and the names by which the Hub knows what it does."""

import json
from collections.abc import Callable
from string import Template

from components.models.files import read_json
from components.training import entity_templates
from components.training.judged import JudgedResult
from components.training.runs import Run

# Task -> (pipeline tag, library) of a model card's front matter.
FRONT = {
    "classification": ("text-classification", "transformers"),
    "several_labels": ("text-classification", "transformers"),
    "number": ("text-classification", "transformers"),
    "domain_adaptation": ("fill-mask", "transformers"),
    "entities": ("token-classification", "transformers"),
    "pairs": ("sentence-similarity", "sentence-transformers"),
    "pair_classes": ("text-classification", "transformers"),
    "questions": ("question-answering", "transformers"),
}


def _pairs(run: Run, folder: str) -> str:
    return (
        "from sentence_transformers import SentenceTransformer\n\n"
        f'model = SentenceTransformer("{folder}")\n'
        'first, second = model.encode(["...", "..."], normalize_embeddings=True)\n'
        "print(float(first @ second))\n"
    )


def _pair_classes(run: Run, folder: str) -> str:
    temperature = run.result.facts.get("temperature", 1.0) if isinstance(run.result, JudgedResult) else 1.0
    return (
        "import torch\n"
        "from transformers import AutoModelForSequenceClassification, AutoTokenizer\n\n"
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n'
        f'model = AutoModelForSequenceClassification.from_pretrained("{folder}").eval()\n'
        f'inputs = tokenizer("...", "...", truncation=True, max_length={run.settings.max_length}, return_tensors="pt")\n'
        "with torch.inference_mode():\n"
        f"    probabilities = (model(**inputs).logits / {temperature:.4f}).softmax(-1)[0]\n"
        "label = model.config.id2label[int(probabilities.argmax())]\n"
        "print(label, float(probabilities.max()))\n"
    )


def _questions(run: Run, folder: str) -> str:
    threshold = run.result.facts.get("threshold", 0.0) if isinstance(run.result, JudgedResult) else 0.0
    return (
        "import torch\n"
        "from transformers import AutoModelForQuestionAnswering, AutoTokenizer\n\n"
        'question, passage = "...", "..."\n'
        f'tokenizer = AutoTokenizer.from_pretrained("{folder}")\n'
        f'model = AutoModelForQuestionAnswering.from_pretrained("{folder}").eval()\n'
        "# A longer passage has to be read in windows.\n"
        f'inputs = tokenizer(question, passage, truncation="only_second", max_length={run.settings.max_length}, return_tensors="pt")\n'
        "with torch.inference_mode():\n"
        "    output = model(**inputs)\n"
        "start, end = output.start_logits[0], output.end_logits[0]\n"
        'begin = len(tokenizer(question)["input_ids"])  # the passage comes after the question and its special tokens\n'
        "spans = start[begin:, None] + end[None, begin:]\n"
        "allowed = torch.ones_like(spans).triu().tril(29)\n"
        'best = spans.masked_fill(allowed == 0, float("-inf")).flatten().argmax()\n'
        "first, last = (begin + int(place) for place in divmod(int(best), spans.shape[1]))\n"
        f"silent = float(start[0] + end[0] - start[first] - end[last]) > {threshold:.4f}\n"
        'print("" if silent else tokenizer.decode(inputs["input_ids"][0, first : last + 1]))\n'
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


def _several_labels(run: Run, folder: str) -> str:
    limits = dict(run.result.thresholds) if isinstance(run.result, JudgedResult) else {}
    return (
        f"{_loading(run, folder)}"
        "    probabilities = model(**inputs).logits.sigmoid()[0].tolist()\n"
        f"thresholds = {json.dumps(limits, ensure_ascii=False)}\n"
        "named = {model.config.id2label[place]: share for place, share in enumerate(probabilities)}\n"
        "print({label: share for label, share in named.items() if share >= thresholds.get(label, 0.5)})\n"
    )


def _number(run: Run, folder: str) -> str:
    return f"{_loading(run, folder)}    number = float(model(**inputs).logits[0, 0])\nprint(number)\n"


def _entities(run: Run, folder: str) -> str:
    settings = read_json(run.model_dir / "settings.json", run.id)
    fast = settings.get("language") != "ja" or (run.model_dir / "tokenizer.json").exists()
    source = entity_templates.USE + (entity_templates.USE_FAST if fast else entity_templates.USE_SLOW)
    types = entity_templates.USE_TYPES if settings.get("marks_capitals") else ""
    return Template(source).substitute(folder=folder, max_length=settings.get("max_length", run.settings.max_length), types=types)


USAGE: dict[str, Callable[[Run, str], str]] = {
    "several_labels": _several_labels,
    "number": _number,
    "entities": _entities,
    "pairs": _pairs,
    "pair_classes": _pair_classes,
    "questions": _questions,
}


def one_line(text: str) -> str:
    """User text inside Markdown: one line, and nothing that could become markup."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|" else character for character in " ".join(text.split()))


def judged_rows(result: JudgedResult) -> list[str]:
    """The lines of a score table: each measure with its 95% interval, of the model and of the methods that it is held against."""
    lines = [f"| {name} | {one.value:.3f} ({one.low:.3f} - {one.high:.3f}) |" for name, one in result.measures.items()]
    for method, measures in result.baselines.items():
        lines.append(f"| {result.main}, baseline {method} | {measures[result.main].value:.3f} |")
    for part in result.parts:
        told = [f"{name} {one.value:.3f}" for name, one in part.measures.items() if one]
        if part.name in result.thresholds:
            told.append(f"threshold {result.thresholds[part.name]:.2f}")
        lines.append(f"| {one_line(part.name)} ({part.wanted}) | {', '.join(told)} |")
    return lines
