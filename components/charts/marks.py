"""Shapes and notes of a figure, gathered and drawn at once: Plotly goes through all of them each time that one is added to a figure."""

from typing import Any


class Marks:
    """Takes what `go.Figure.add_shape` and `add_annotation` take."""

    def __init__(self) -> None:
        self.shapes: list[dict[str, Any]] = []
        self.annotations: list[dict[str, Any]] = []

    @property
    def layout(self) -> dict[str, Any]:
        """For `update_layout(..., overwrite=True)`."""
        return {"shapes": self.shapes, "annotations": self.annotations}

    def add_shape(self, **shape: Any) -> None:
        self.shapes.append(shape)

    def add_annotation(self, **annotation: Any) -> None:
        self.annotations.append(annotation)
