"""Parameters counted from a configuration alone: a BERT encoder, a Llama decoder, and the first Transformer."""

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


@dataclass(frozen=True)
class DecoderConfig:
    """The names of `transformers.LlamaConfig`; the start values are those of SmolLM2-135M (Allal et al. 2025)."""

    vocab_size: int = 49_152
    hidden_size: int = 576
    num_hidden_layers: int = 30
    num_attention_heads: int = 9
    num_key_value_heads: int = 3
    intermediate_size: int = 1_536

    @property
    def head_dim(self) -> int:
        return self.hidden_size // self.num_attention_heads


SMOLLM2_135M = DecoderConfig()


def decoder_groups(config: DecoderConfig) -> dict[str, int]:
    """The counts of `transformers.LlamaForCausalLM` with tied embeddings, by the names of `ParameterCount.groups`: 134,515,008 together for
    SmolLM2-135M. No matrix has a bias, positions have no parameters, and the output is the embedding table itself.
    """
    d, layers = config.hidden_size, config.num_hidden_layers
    key_value = config.num_key_value_heads * config.head_dim
    return {
        "word_embeddings": config.vocab_size * d,
        "other_embeddings": 0,
        "attention": layers * (2 * d * d + 2 * d * key_value),  # W_Q and W_O, W_K and W_V
        "feed_forward": layers * 3 * d * config.intermediate_size,  # gate, up, down
        "layer_norms": (2 * layers + 1) * d,  # RMSNorm: a gain alone
        "pooler": 0,
    }


@dataclass(frozen=True)
class FirstConfig:
    """The base model of Vaswani et al. 2017, table 3; its vocabulary of "about 37000" tokens is shared by both languages and by the output."""

    vocab_size: int = 37_000
    hidden_size: int = 512
    num_hidden_layers: int = 6  # of the encoder, and as many of the decoder
    num_attention_heads: int = 8
    intermediate_size: int = 2_048


FIRST_BASE = FirstConfig()


def first_groups(config: FirstConfig) -> dict[str, int]:
    """Encoder and decoder of `torch.nn.Transformer` without its two last norms, and one table of tokens: 63.1 million for the base model, which
    the paper rounds to 65. A decoder's layer has a second attention, to the encoder; positions are computed.
    """
    d, layers = config.hidden_size, config.num_hidden_layers
    return {
        "word_embeddings": config.vocab_size * d,
        "other_embeddings": 0,
        "attention": 3 * layers * 4 * (d * d + d),
        "feed_forward": 2 * layers * (2 * d * config.intermediate_size + config.intermediate_size + d),
        "layer_norms": 5 * layers * 2 * d,
        "pooler": 0,
    }
