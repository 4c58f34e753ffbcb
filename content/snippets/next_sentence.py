# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
from components.models import load

# --- your settings ---
model = "nsp-en"
first = "The cat sat on the mat."
second = "It was very comfortable."
# --- the computation ---
# Inside, class 0 of BertForNextSentencePrediction is "is next".
probability = float(load(model, "next_sentence").predict([(first, second)])[0])
print(f"P(IsNext) = {probability:.4f}, P(NotNext) = {1 - probability:.4f}")
