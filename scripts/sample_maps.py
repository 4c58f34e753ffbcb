"""Draws the maps of the sample sentences with the bundled encoders: content/maps/<language>.npz. `python -m scripts.sample_maps`, after one changed."""

from components.models import load
from components.models.bundled import BY_LANGUAGE
from components.vectors.sample_map import sample_sentences, write_map

if __name__ == "__main__":
    for language, models in BY_LANGUAGE.items():
        path = write_map(language, load(models.encoder, "similarity").encode(sample_sentences(language)[0]))
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")
