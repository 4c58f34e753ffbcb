"""Parameters of a BERT encoder, counted from its configuration alone."""

from dataclasses import dataclass

from components.transformer.encoder import EncoderConfig

BERT_BASE = EncoderConfig()
BERT_LARGE = EncoderConfig(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)


@dataclass(frozen=True)
class ParameterCount:
    """Number of parameters by part; `attention`, `feed_forward` and `layer_norms` are of all layers together, LayerNorm
    of the embeddings stands with the embeddings."""

    word_embeddings: int
    position_embeddings: int
    token_type_embeddings: int
    embedding_norm: int
    attention: int  # W_Q, W_K, W_V, W_O with biases
    feed_forward: int  # W_1, W_2 with biases
    layer_norms: int
    pooler: int
    per_layer: int

    @property
    def embeddings(self) -> int:
        return self.word_embeddings + self.position_embeddings + self.token_type_embeddings + self.embedding_norm

    def parts(self) -> dict[str, int]:
        """Name -> number, in the order of the text's way through the model; they sum to `total`."""
        names = (
            "word_embeddings", "position_embeddings", "token_type_embeddings", "embedding_norm", "attention", "feed_forward", "layer_norms", "pooler"
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    def groups(self) -> dict[str, int]:
        """The same with all embeddings but those of words as one, "other_embeddings": what a figure tells apart."""
        small = ("position_embeddings", "token_type_embeddings", "embedding_norm")
        grouped = {"word_embeddings": self.word_embeddings, "other_embeddings": sum(getattr(self, name) for name in small)}
        return grouped | {name: number for name, number in self.parts().items() if name not in (*small, "word_embeddings")}

    @property
    def total(self) -> int:
        return sum(self.parts().values())


def count_parameters(config: EncoderConfig, pooler: bool = True) -> ParameterCount:
    """The counts of `transformers.BertModel` for this configuration: 109,482,240 for BERT-Base uncased, 335,141,888 for
    BERT-Large uncased.

    The number of heads plays no part: it only cuts the columns of W_Q, W_K and W_V.
    """
    d, d_ff, layers = config.hidden_size, config.intermediate_size, config.num_hidden_layers
    attention = 4 * (d * d + d)
    feed_forward = d * d_ff + d_ff + d_ff * d + d
    norms = 2 * 2 * d  # two LayerNorms, a gain and a bias each
    return ParameterCount(
        word_embeddings=config.vocab_size * d,
        position_embeddings=config.max_position_embeddings * d,
        token_type_embeddings=config.type_vocab_size * d,
        embedding_norm=2 * d,
        attention=layers * attention,
        feed_forward=layers * feed_forward,
        layer_norms=layers * norms,
        pooler=d * d + d if pooler else 0,
        per_layer=attention + feed_forward + norms,
    )
