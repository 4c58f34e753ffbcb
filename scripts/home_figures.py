"""Computes what home shows of its example with the bundled models: content/home.json. `python -m scripts.home_figures`, after a model changed."""

from components.views.overview.reading import FILE, write_examples

if __name__ == "__main__":
    write_examples()
    print(f"{FILE}: {FILE.stat().st_size / 1000:.0f} kB")
