"""The encoder-decoder Transformer as a map whose blocks can be clicked (after figure 1 of Vaswani et al. 2017)."""

from collections.abc import Mapping
from dataclasses import dataclass

import plotly.graph_objects as go

from .heatmap import escaped
from .marks import Marks
from .sketch import Sketch, scatter
from .theme import KEY_COLOUR, MARK_COLOUR, NEUTRAL_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, VALUE_COLOUR, faint


@dataclass(frozen=True)
class ArchitectureBlock:
    """A box of the map: its id, centre and half size, and the colour of its kind."""

    id: str
    x: float
    y: float
    colour: str
    half_height: float = 0.32


HALF_WIDTH = 0.95
ENCODER, DECODER = 1.2, 4.2  # the columns' centres

# One colour a kind of block: attention, feed-forward, positions, embeddings, output; plain sums and norms are grey.
BLOCKS = (
    ArchitectureBlock("encoder_input", ENCODER, 0.0, NEUTRAL_COLOUR),
    ArchitectureBlock("encoder_embedding", ENCODER, 1.1, OUTPUT_COLOUR),
    ArchitectureBlock("encoder_position", ENCODER, 2.0, KEY_COLOUR),
    ArchitectureBlock("encoder_attention", ENCODER, 3.4, QUERY_COLOUR),
    ArchitectureBlock("encoder_norm_1", ENCODER, 4.2, NEUTRAL_COLOUR, 0.2),
    ArchitectureBlock("encoder_feed_forward", ENCODER, 5.1, VALUE_COLOUR),
    ArchitectureBlock("encoder_norm_2", ENCODER, 5.9, NEUTRAL_COLOUR, 0.2),
    ArchitectureBlock("decoder_input", DECODER, 0.0, NEUTRAL_COLOUR),
    ArchitectureBlock("decoder_embedding", DECODER, 1.1, OUTPUT_COLOUR),
    ArchitectureBlock("decoder_position", DECODER, 2.0, KEY_COLOUR),
    ArchitectureBlock("decoder_attention", DECODER, 3.4, QUERY_COLOUR),
    ArchitectureBlock("decoder_norm_1", DECODER, 4.2, NEUTRAL_COLOUR, 0.2),
    ArchitectureBlock("cross_attention", DECODER, 5.1, QUERY_COLOUR),
    ArchitectureBlock("decoder_norm_2", DECODER, 5.9, NEUTRAL_COLOUR, 0.2),
    ArchitectureBlock("decoder_feed_forward", DECODER, 6.8, VALUE_COLOUR),
    ArchitectureBlock("decoder_norm_3", DECODER, 7.6, NEUTRAL_COLOUR, 0.2),
    ArchitectureBlock("linear", DECODER, 8.8, OUTPUT_COLOUR),
    ArchitectureBlock("probabilities", DECODER, 9.8, NEUTRAL_COLOUR),
)
BLOCK_IDS = tuple(block.id for block in BLOCKS)
# From, to.
_FLOW = (
    ("encoder_input", "encoder_embedding"), ("encoder_embedding", "encoder_position"), ("encoder_position", "encoder_attention"),
    ("encoder_attention", "encoder_norm_1"), ("encoder_norm_1", "encoder_feed_forward"), ("encoder_feed_forward", "encoder_norm_2"),
    ("decoder_input", "decoder_embedding"), ("decoder_embedding", "decoder_position"), ("decoder_position", "decoder_attention"),
    ("decoder_attention", "decoder_norm_1"), ("decoder_norm_1", "cross_attention"), ("cross_attention", "decoder_norm_2"),
    ("decoder_norm_2", "decoder_feed_forward"), ("decoder_feed_forward", "decoder_norm_3"), ("decoder_norm_3", "linear"),
    ("linear", "probabilities"),
)  # fmt: skip
# From the sublayer that a residual connection goes around, to the sum that it ends in.
_RESIDUALS = (
    ("encoder_attention", "encoder_norm_1"), ("encoder_feed_forward", "encoder_norm_2"),
    ("decoder_attention", "decoder_norm_1"), ("cross_attention", "decoder_norm_2"), ("decoder_feed_forward", "decoder_norm_3"),
)  # fmt: skip
_STACKS = (("encoder_stack", ENCODER, 2.75, 6.25), ("decoder_stack", DECODER, 2.75, 7.95))


def architecture_map(labels: Mapping[str, str], *, chosen: str | None = None, height: int = 620) -> go.Figure:
    """`labels`: the words of each block of BLOCK_IDS, and of "encoder_stack" and "decoder_stack" (for example "Encoder x
    N").

    Trace 0 has one point a block, in the order of BLOCK_IDS, with the block's id as customdata: a click chooses the
    block. `chosen` is outlined. KeyError where a label is missing.
    """
    by_id = {block.id: block for block in BLOCKS}
    figure = Sketch()
    invisible = {"marker": {"opacity": 0}}
    figure.add_trace(
        scatter(
            x=[block.x for block in BLOCKS],
            y=[block.y for block in BLOCKS],
            customdata=list(BLOCK_IDS),
            text=[escaped(labels[block.id]) for block in BLOCKS],
            mode="markers+text",
            textfont={"size": 13},
            marker={"symbol": "square", "size": 40, "opacity": 0, "color": MARK_COLOUR},
            selected=invisible,
            unselected=invisible,
            hovertemplate="%{text}<extra></extra>",
        )
    )
    marks = Marks()
    for name, x, bottom, top in _STACKS:
        edge = {"color": NEUTRAL_COLOUR, "width": 1.5, "dash": "dot"}
        marks.add_shape(type="rect", x0=x - 1.35, x1=x + 1.35, y0=bottom, y1=top, line=edge, layer="below")
        marks.add_annotation(x=x - 1.35, y=top, text=escaped(labels[name]), showarrow=False, xanchor="left", yshift=10, font={"size": 13})
    for block in BLOCKS:
        y0, y1 = block.y - block.half_height, block.y + block.half_height
        marks.add_shape(
            type="rect", x0=block.x - HALF_WIDTH, x1=block.x + HALF_WIDTH, y0=y0, y1=y1, layer="below",
            line={"color": MARK_COLOUR if block.id == chosen else block.colour, "width": 4 if block.id == chosen else 1.5},
            fillcolor=faint(block.colour, 0.22),
        )  # fmt: skip
    for start, end in _FLOW:
        _arrow(marks, (by_id[start].x, by_id[start].y + by_id[start].half_height), (by_id[end].x, by_id[end].y - by_id[end].half_height))
    for start, end in _RESIDUALS:
        _residual(marks, by_id[start], by_id[end])
    _memory(marks, by_id["encoder_norm_2"], by_id["cross_attention"])
    axis = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**axis, range=[-0.4, 5.8])
    figure.update_yaxes(**axis, range=[-0.6, 10.4])
    figure.update_layout(
        height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0}, clickmode="event+select", dragmode=False, showlegend=False,
        **marks.layout,
    )  # fmt: skip
    return figure.figure()


def _arrow(marks: Marks, start: tuple[float, float], end: tuple[float, float]) -> None:
    marks.add_annotation(
        x=end[0], y=end[1], ax=start[0], ay=start[1], xref="x", yref="y", axref="x", ayref="y",
        text="", showarrow=True, arrowhead=2, arrowsize=1, arrowwidth=1.4, arrowcolor=NEUTRAL_COLOUR,
    )  # fmt: skip


def _residual(marks: Marks, start: ArchitectureBlock, end: ArchitectureBlock) -> None:
    """Leaves the column under the sublayer and comes back at its sum and norm."""
    x, outside = start.x + HALF_WIDTH, start.x + HALF_WIDTH + 0.22
    below = start.y - start.half_height - 0.12
    marks.add_shape(
        type="path", path=f"M {start.x},{below} L {outside},{below} L {outside},{end.y}", line={"color": NEUTRAL_COLOUR, "width": 1.2}
    )
    _arrow(marks, (outside, end.y), (x, end.y))


def _memory(marks: Marks, encoder_top: ArchitectureBlock, cross: ArchitectureBlock) -> None:
    """The encoder's output, keys and values of the cross-attention."""
    middle = (encoder_top.x + cross.x) / 2
    top = encoder_top.y + 0.75
    path = f"M {encoder_top.x},{encoder_top.y + encoder_top.half_height} L {encoder_top.x},{top} L {middle},{top} L {middle},{cross.y}"
    marks.add_shape(type="path", path=path, line={"color": KEY_COLOUR, "width": 2})
    marks.add_annotation(
        x=cross.x - HALF_WIDTH, y=cross.y, ax=middle, ay=cross.y, xref="x", yref="y", axref="x", ayref="y",
        text="", showarrow=True, arrowhead=2, arrowwidth=2, arrowcolor=KEY_COLOUR,
    )  # fmt: skip
