"""A trained model from the work folder into ``models/``: its files, its scores, its card in English and Japanese."""

import json
import shutil
import tomllib
from collections.abc import Sequence
from pathlib import Path

from components.messages import message
from components.models import behaviour
from components.models.files import MODELS
from recipes import behaviour as behaviour_tests
from recipes import causal_scores, evaluate
from recipes.sources import DATA

CARDS = tomllib.loads(Path(__file__).with_name("cards.toml").read_text(encoding="utf-8"))
WEIGHTS = ("adapter_model.safetensors", "adapter_config.json", "head.safetensors")
WHOLE = ("model.safetensors", "config.json", "vocab.txt", "tokenizer_config.json")
HEADINGS = {
    "en": ("Use", "Limits, and what it is not for", "Data", "Making it again", "Scores", "measure", "test set", "rows", "score", "floor", "Licence"),
    "ja": ("用途", "限界と、向かない用途", "データ", "作り直すには", "評価", "指標", "評価データ", "件数", "値", "下限", "ライセンス"),
}  # fmt: skip
SENTENCES = {
    "en": {
        "backbone": {"embed-en": "all-MiniLM-L6-v2", "backbone-ja": "the bundled Japanese backbone"},
        "missed": "(missed)",
        "whole": "A whole encoder; {size:.1f} MB in float16.",
        "head": "A head alone over {backbone}; {size:.1f} MB in float16.",
        "over": "A LoRA adapter and its head over {backbone}, which stays as it is; {size:.1f} MB in float16.",
        "bare": "A LoRA adapter over {backbone}, which stays as it is; {size:.1f} MB in float16.",
        "blocks": "A decoder's blocks, positions and output layer; the word embeddings are those of {backbone}. {size:.1f} MB in float16.",
        "samples": (
            "Samples",
            "All that were drawn, none chosen: prompts that were written down before, seeds {seeds}, temperature {temperature}, at most {new_tokens} tokens, no penalty on repetition. One seed draws the same random numbers after every prompt, so its samples resemble one another.",
        ),
        "licence": "These weights are under CC BY-SA 4.0, because part of their data is.",
        "behaviour": ("Behaviour", "kind", "cases", "right", "95% interval", "floor"),
        "cases": "Cases that any reader finds easy, after CheckList (Ribeiro et al. 2020), made from sentences that no recipe trains on "
        "(`recipes/behaviour.py`). Cases from one template are alike, so the intervals are somewhat too narrow.",
        "own": "On documents that took no part in this training or in choosing anything. The row count is that of subwords; lower is better.",
        "scores": "On rows that took no part in training or choosing, answered by the app's own code. A calibration error is the expected "
        "calibration error (Guo et al. 2017) after temperature scaling on other rows.",
    },
    "ja": {
        "backbone": {"embed-en": "all-MiniLM-L6-v2", "backbone-ja": "同梱の日本語バックボーン"},
        "missed": "（未達）",
        "whole": "エンコーダ全体です（float16 で {size:.1f} MB）。",
        "head": "{backbone}の上に載せた出力層だけです（float16 で {size:.1f} MB）。",
        "over": "凍結した{backbone}の上に載せた LoRA アダプタと出力層です（float16 で {size:.1f} MB）。",
        "bare": "凍結した{backbone}の上に載せた LoRA アダプタです（float16 で {size:.1f} MB）。",
        "blocks": "デコーダの各層、位置埋め込み、出力層です。単語埋め込みは{backbone}と共有します（float16 で {size:.1f} MB）。",
        "samples": (
            "生成例",
            "生成したものをすべて載せています（選別なし）。書き出しは学習前に決めたもので、シードは {seeds}、温度は {temperature}、長さは最大 {new_tokens} トークン、繰り返しへのペナルティはなしです。同じシードはどの書き出しの後でも同じ乱数を引くため、そのシードの生成例は互いに似ます。",
        ),
        "licence": "データの一部に合わせて、この重みは CC BY-SA 4.0 で提供します。",
        "behaviour": ("振る舞い", "種類", "件数", "正解", "95% 区間", "下限"),
        "cases": "CheckList（Ribeiro et al. 2020）にならい、読めば誰にでも分かる問いを、学習に使わない文から作りました（`recipes/behaviour.py`）。"
        "同じひな型の問いは互いに似ているため、区間はやや狭めです。",
        "own": "この学習にも選択にも使っていない文書で測りました。件数はサブワードの数で、値は小さいほど良いものです。",
        "scores": "学習にも選択にも使っていない行で、アプリ自身のコードによって測りました。calibration_error は、別の行で温度を合わせたあとの"
        "期待較正誤差（ECE, Guo et al. 2017）です。",
    },
}


def publish(id: str, data: Path, work: Path) -> Path:
    """Copy, score with the app's code, and write ``scores.json`` and the cards last, so that the catalogue lists the model only then."""
    made, folder = work / id / "model", MODELS / id
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*WEIGHTS, *WHOLE, "settings.json"):
        if (made / name).exists():
            shutil.copy2(made / name, folder / name)
    model = evaluate.model(id)
    measured = evaluate.score(id, model, data, work)
    scores = {measure: (round(value, 4), count) for measure, (value, count) in measured.items()}
    rows = {measure: count for measure, (_, count) in scores.items()}
    flat = {measure: value for measure, (value, _) in scores.items()}
    (folder / "scores.json").write_text(json.dumps(flat | {"rows": rows}, indent=2) + "\n", encoding="utf-8")
    if behaviour_tests.tested(id):
        behaviour.write(folder, behaviour_tests.measure(id))
    if id in evaluate.OWN:
        causal_scores.write(folder, model, data, work)
    write_cards(id, folder, scores)
    return folder


def publish_behaviour(ids: Sequence[str]) -> None:
    """The behaviour tests' results of bundled models (all of them where `ids` is empty) into ``models/`` and the cards, whose scores stay."""
    for id in ids or behaviour_tests.bundled():
        folder = MODELS / id
        folder.mkdir(exist_ok=True)
        behaviour.write(folder, behaviour_tests.measure(id))
        if id not in CARDS:
            continue  # somebody else's model: the card is theirs
        stored = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
        rows = stored.pop("rows")
        write_cards(id, folder, {measure: (value, rows[measure]) for measure, value in stored.items()})


def write_cards(id: str, folder: Path, scores: dict[str, tuple[float, int]]) -> None:
    for language, name in (("en", "README.md"), ("ja", "README.ja.md")):
        (folder / name).write_text(card(id, folder, scores, language), encoding="utf-8")


def card(id: str, folder: Path, scores: dict[str, tuple[float, int]], language: str) -> str:
    """The model card in Markdown."""
    facts, words = CARDS[id], SENTENCES[language]
    use, limits, data, again, scored, measure, test_set, rows, value, floor, licence = HEADINGS[language]
    size = sum(path.stat().st_size for path in folder.glob("*.safetensors")) / 1e6
    lines = [f"# {id}", "", facts[language]["summary"], _made_of(folder, words, size)]
    lines += ["", f"## {use}", "", facts[language]["use"], "", f"## {limits}", "", facts[language]["limits"], "", f"## {data}", ""]
    for name in facts["data"]:
        source = DATA[name]
        lines.append(f"- {name}: {source.repository} @ {source.commit[:12]}, {source.licence}")
    lines += [
        "",
        facts[language]["splits"],
        "",
        f"## {again}",
        "",
        "```",
        f"python -m recipes {facts.get('with', id)} --data DIR --work DIR",
    ]
    lines += [f"python -m recipes publish {id} --data DIR --work DIR", "```", "", facts[language]["recipe"], "", f"## {scored}", ""]
    lines += [
        words["own" if id in evaluate.OWN else "scores"],
        "",
        f"| {measure} | {test_set} | {rows} | {value} | {floor} |",
        "|---|---|---|---|---|",
    ]
    for name, (number, count) in scores.items():
        kind, _, where = name.partition(" ")
        least = evaluate.FLOORS[id].get(name)
        aim = "" if least is None else evaluate.least(least) if number >= least else f"{evaluate.least(least)} {words['missed']}"
        lines.append(f"| {kind} | {where} | {count} | {number:.3f} | {aim} |")
    lines += behaviour_table(folder, language)
    lines += sample_lines(folder, language)
    return "\n".join([*lines, "", f"## {licence}", "", words["licence"], ""])


def behaviour_table(folder: Path, language: str) -> list[str]:
    """The lines about ``behaviour.json``; none where there is no such file."""
    found, words = behaviour.read(folder), SENTENCES[language]
    if not found:
        return []
    heading, *columns = words["behaviour"]
    lines = ["", f"## {heading}", "", words["cases"], "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for one in found:
        rate = behaviour_tests.interval(one)
        aim = "" if one.floor is None else f"{one.floor:.2f} {words['missed']}" if one.missed else f"{one.floor:.2f}"
        kind = message(f"behaviour.kind_{one.kind}", language)
        lines.append(f"| {kind} | {one.rows} | {rate.value:.3f} | {rate.low:.3f}-{rate.high:.3f} | {aim} |")
    return lines


def sample_lines(folder: Path, language: str) -> list[str]:
    """The lines about ``samples.json``; none where there is no such file."""
    path = folder / causal_scores.SAMPLES
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))
    heading, words = SENTENCES[language]["samples"]
    seeds = ", ".join(map(str, found["seeds"]))
    lines = ["", f"## {heading}", "", words.format(seeds=seeds, temperature=found["temperature"], new_tokens=found["new_tokens"]), ""]
    return lines + [f"- {one['seed']}: **{one['prompt']}**{one['text']}" for one in found["samples"]]


def _made_of(folder: Path, words: dict, size: float) -> str:
    if not (folder / "settings.json").exists():
        return words["whole"].format(size=size)
    backbone = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["backbone"]
    adapter, head = (folder / "adapter_config.json").exists(), (folder / "head.safetensors").exists()
    whole = (folder / "config.json").exists()
    kind = "blocks" if whole else "over" if adapter and head else "bare" if adapter else "head"
    return words[kind].format(backbone=words["backbone"][backbone], size=size)
