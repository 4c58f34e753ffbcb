"""Which texts to label next: those whose two most probable classes lie closest. Run it in the project's folder."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from components.training.quick_head import encoded

# --- your settings ---
file = "content/samples/topics_en.csv"
text, label = "text", "category"
backbone = "embed-en"
labelled = 40  # the first rows, whose labels are taken as known
rows = 160
# --- the computation ---

table = pd.read_csv(file, dtype=str, nrows=rows)
features = StandardScaler().fit_transform(encoded(backbone, table[text].tolist()))  # (rows, d): the frozen encoder reads each text once
known, unknown = features[:labelled], features[labelled:]
model = LogisticRegression(C=0.02, max_iter=200).fit(known, table[label][:labelled])

probabilities = model.predict_proba(unknown)  # (unlabelled rows, classes)
first, second = np.sort(probabilities, axis=1)[:, -1], np.sort(probabilities, axis=1)[:, -2]
margin = first - second
for row in np.argsort(margin)[:5]:  # ask about these
    likely = model.classes_[np.argsort(-probabilities[row])[:2]]
    print(f"{margin[row]:.3f}  {likely[0]} or {likely[1]}?  {table[text][labelled + row][:70]}")

drawn = np.random.default_rng(0).choice(len(unknown), 30, replace=False)  # only rows at random say how good the model is
right = model.predict(unknown[drawn]) == table[label][labelled:].to_numpy()[drawn]
print(f"{right.sum()} of {len(right)} random rows are right")
