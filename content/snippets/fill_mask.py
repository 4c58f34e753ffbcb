# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
from components.models import load

# --- your settings ---
model = "mlm-en"
text = "The [MASK] is beautiful today."
top_k = 5
# --- the computation ---
fills = load(model, "masked_lm").fill(text, top_k)
for number, best in enumerate(fills, start=1):
    print(f"[MASK] {number}")
    for fill in best:
        print(f"  {'##' if fill.continues_word else ''}{fill.token:16}{fill.score:.4f}")
