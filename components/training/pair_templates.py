"""The cells of a training on pairs, and on questions, as plain transformers and sentence-transformers: `string.Template`s that `notebook` fills in."""

from components.training import code_templates as templates

_BEFORE, _, _ = templates.CLASSIFICATION.partition("def features")
PAIR_CLASSES = (
    _BEFORE
    + """\
def features(part):
    encoded = tokenizer(
        part["text"].tolist(), part["second"].tolist(), truncation=True, max_length=settings["max_length"], return_token_type_ids=True
    )
    rows = zip(encoded["input_ids"], encoded["token_type_ids"], part["label"])
    return [{"input_ids": ids, "token_type_ids": types, "labels": labels.index(label)} for ids, types, label in rows]


def collate(batch):
    names = ["input_ids", "token_type_ids"] if getattr(model.config, "type_vocab_size", 0) > 1 else ["input_ids"]
    return tokenizer.pad({name: [row[name] for row in batch] for name in names}, return_tensors="pt") | {
        "labels": torch.tensor([row["labels"] for row in batch])
    }


head = ("classifier", "pooler", "pre_classifier", "score")
"""
)
_, _fresh, _STANDARDISE = templates.START.partition("fresh = ")
START = (_fresh + _STANDARDISE).replace('(settings["tune"] == "head" or fresh)', "fresh")

PAIRS = """\
from datasets import Dataset
from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments
from sentence_transformers.sentence_transformer.losses import CoSENTLoss
from sentence_transformers.sentence_transformer.modules import Dense

set_seed(settings["seed"])
model = SentenceTransformer(str(settings["backbone"]), device="cpu", model_kwargs={"dtype": torch.float32})  # a bare encoder gets the mean of its tokens
model.max_seq_length = settings["max_length"]
tokenizer = model.tokenizer
$adapter
encoder = model[0].model
if settings["tune"] == "head":  # a linear map that begins by changing nothing, over an encoder that stays as it is
    width = encoder.config.hidden_size
    pair_map = Dense(width, width, activation_function=torch.nn.Identity())
    torch.nn.init.eye_(pair_map.linear.weight)
    torch.nn.init.zeros_(pair_map.linear.bias)
    model.add_module("pair_map", pair_map)
head = ("pair_map",)


def features(part):
    return Dataset.from_dict({"first": part["text"].tolist(), "second": part["second"].tolist(), "score": part["label"].astype(float).tolist()})

"""

# The Japanese sentence encoder is an adapter over the backbone.
ADAPTER = """\
from peft import PeftModel

model[0].model = PeftModel.from_pretrained(model[0].model, "$folder").merge_and_unload().requires_grad_(True)
"""

_PREPARED, _, _ = templates.TRAIN.partition("trainer = Trainer(")
TRAIN_PAIRS = (
    _PREPARED.replace("for module in model.modules()", "for module in encoder.modules()")
    .replace("in model.named_modules()", "in encoder.named_modules()")
    .replace("model = get_peft_model(model, ", "model[0].model = get_peft_model(encoder, ")
    + """\
trainer = SentenceTransformerTrainer(
    model=model,
    args=SentenceTransformerTrainingArguments(
        output_dir="training",
        num_train_epochs=settings["epochs"],
        per_device_train_batch_size=settings["batch_size"],
        lr_scheduler_type="linear",
        warmup_steps=0.1 if len(parts["train"]) / settings["batch_size"] * settings["epochs"] > 10 else 0,
        seed=settings["seed"],
        save_strategy="no",
        report_to=[],
    ),
    train_dataset=features(parts["train"]),
    loss=CoSENTLoss(model),
    optimizers=(optimizer, None),
)
trainer.train()
if settings["tune"] == "lora":
    model[0].model = model[0].model.merge_and_unload()
"""
)

JUDGE_PAIRS = """\
from scipy.stats import pearsonr, spearmanr

test = parts["test"]
first, second = (model.encode(test[name].tolist(), normalize_embeddings=True) for name in ("text", "second"))
cosines, wanted = (first * second).sum(axis=1), test["label"].astype(float)
print("spearman", spearmanr(cosines, wanted).statistic, "pearson", pearsonr(cosines, wanted).statistic)
"""

SAVE_PAIRS = """\
model.save_pretrained("model")
"""

QUESTIONS = """\
import json
from collections import Counter

set_seed(settings["seed"])
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model = AutoModelForQuestionAnswering.from_pretrained(settings["backbone"], dtype=torch.float32)
$twin

def ids(text):
    return tokenizer(text, add_special_tokens=False)["input_ids"] if text.strip() else []


def windows(row):
    \"\"\"The windows over a passage, each with the first and last token of the answer, or 0 and 0.\"\"\"
    passage, wanted = row["text"], json.loads(row["label"])
    answer = wanted["text"][0] if wanted["text"] else ""
    start = wanted["answer_start"][0] if wanted["answer_start"] else passage.find(answer)
    # Tokenised in three pieces, so that the answer's tokens are known with any tokenizer.
    pieces = [ids(passage[:start]), ids(answer), ids(passage[start + len(answer) :])] if answer else [ids(passage), [], []]
    context, first, last = sum(pieces, []), len(pieces[0]), len(pieces[0]) + len(pieces[1]) - 1
    question = ids(row["second"])[:64]
    size = settings["max_length"] - len(question) - 3
    begin, step, low = len(question) + 2, size - settings["max_length"] // 4, 0
    while True:
        part = context[low : low + size]
        inside = answer and low <= first and last < low + len(part)
        yield {
            "input_ids": [tokenizer.cls_token_id, *question, tokenizer.sep_token_id, *part, tokenizer.sep_token_id],
            "token_type_ids": [0] * begin + [1] * (len(part) + 1),
            "start_positions": first - low + begin if inside else 0,
            "end_positions": last - low + begin if inside else 0,
            "begin": begin,
        }
        if low + size >= len(context):
            return
        low += max(step, 1)


def features(part):
    return [window for _, row in part.iterrows() for window in windows(row)]


def collate(batch):
    names = ["input_ids", "token_type_ids"] if getattr(model.config, "type_vocab_size", 0) > 1 else ["input_ids"]
    padded = tokenizer.pad({name: [row[name] for row in batch] for name in names}, return_tensors="pt")
    return padded | {name: torch.tensor([row[name] for row in batch]) for name in ("start_positions", "end_positions")}


head = ("qa_outputs",)
"""

JUDGE_QUESTIONS = """\
model.eval()
exact, overlap = [], []
with torch.inference_mode():
    for _, row in parts["test"].iterrows():
        silent, best, found = np.inf, -np.inf, []
        for window in windows(row):
            output = model(**{name: value for name, value in collate([window]).items() if not name.endswith("positions")})
            start, end, begin = output.start_logits[0], output.end_logits[0], window["begin"]
            silent = min(silent, float(start[0] + end[0]))
            spans = (start[begin:-1, None] + end[None, begin:-1]).masked_fill(torch.ones(len(start) - begin - 1, len(start) - begin - 1).triu().tril(29) == 0, -torch.inf)
            if spans.numel() and float(spans.max()) > best:
                best, place = float(spans.max()), divmod(int(spans.argmax()), spans.shape[1])
                found = window["input_ids"][begin + place[0] : begin + place[1] + 1]
        found = found if best > silent else []
        wanted = [ids(text) for text in json.loads(row["label"])["text"]] or [[]]
        exact.append(any(found == one for one in wanted))
        common = [2 * (Counter(found) & Counter(one)).total() / max(len(found) + len(one), 1) if found or one else 1.0 for one in wanted]
        overlap.append(max(common))
print("exact match", np.mean(exact), "F1 of tokens", np.mean(overlap))
"""
