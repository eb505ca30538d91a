"""The networks: an encoder (MiniLM or a light one), six tag chains with CRF layers, and the linking head."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from transforms.encode import FEATURE_SIZES

TAGS = 5
CHAIN_COUNT = 6
LINK_SIZE = 64
PAIR_FEATURES = 32
NEVER = -1e4
UNKNOWN, CLS_SEP = 100, 102  # ids in BERT's vocabulary
# BILOU: what may follow what; rows from, columns to: O B I L U
ALLOWED = torch.tensor(
    [[1, 1, 0, 0, 1], [0, 0, 1, 1, 0], [0, 0, 1, 1, 0], [1, 1, 0, 0, 1], [1, 1, 0, 0, 1]], dtype=torch.bool
)
MAY_START = torch.tensor([1, 1, 0, 0, 1], dtype=torch.bool)
MAY_END = torch.tensor([1, 0, 0, 1, 1], dtype=torch.bool)


class MiniLM(nn.Module):
    """BERT of 6 layers, 384 wide (MiniLM), with the words' features added at the input."""

    def __init__(self, folder: Path, dropout: float = 0.1) -> None:
        super().__init__()
        config = json.loads((folder / "config.json").read_text())
        size, self.heads = config["hidden_size"], config["num_attention_heads"]
        self.size = size
        self.words = nn.Embedding(config["vocab_size"], size)
        self.positions = nn.Embedding(config["max_position_embeddings"], size)
        self.kind = nn.Parameter(torch.zeros(size))
        self.features = nn.ModuleList(nn.Embedding(n, size) for n in FEATURE_SIZES)
        for table in self.features:
            nn.init.zeros_(table.weight)
        self.norm = nn.LayerNorm(size, eps=config["layer_norm_eps"])
        self.layers = nn.ModuleList(
            Layer(size, config["intermediate_size"], self.heads, config["layer_norm_eps"], dropout)
            for _ in range(config["num_hidden_layers"])
        )
        self.dropout = nn.Dropout(dropout)
        self._load(folder)

    def forward(self, ids: Tensor, features: Tensor) -> Tensor:
        """ids (B, T), 0 = padding; features (B, T, 3) -> (B, T, size)."""
        hidden = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.kind
        for i, table in enumerate(self.features):
            hidden = hidden + table(features[:, :, i])
        hidden = self.dropout(self.norm(hidden))
        mask = (ids == 0)[:, None, None, :].to(hidden.dtype) * NEVER
        for layer in self.layers:
            hidden = layer(hidden, mask)
        return hidden

    def _load(self, folder: Path) -> None:
        weights = load_file(folder / "model.safetensors")
        with torch.no_grad():
            self.words.weight.copy_(weights["embeddings.word_embeddings.weight"])
            self.positions.weight.copy_(weights["embeddings.position_embeddings.weight"])
            self.kind.copy_(weights["embeddings.token_type_embeddings.weight"][0])
            for part in ("weight", "bias"):
                getattr(self.norm, part).copy_(weights[f"embeddings.LayerNorm.{part}"])
                for i, layer in enumerate(self.layers):
                    prefix = f"encoder.layer.{i}."
                    names = {
                        "query": "attention.self.query", "key": "attention.self.key", "value": "attention.self.value",
                        "mix": "attention.output.dense", "norm1": "attention.output.LayerNorm",
                        "widen": "intermediate.dense", "narrow": "output.dense", "norm2": "output.LayerNorm",
                    }  # fmt: skip
                    for ours, theirs in names.items():
                        getattr(getattr(layer, ours), part).copy_(weights[f"{prefix}{theirs}.{part}"])


class Layer(nn.Module):
    """One post-norm transformer layer."""

    def __init__(self, size: int, wide: int, heads: int, eps: float, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.mix = (nn.Linear(size, size) for _ in range(4))
        self.widen, self.narrow = nn.Linear(size, wide), nn.Linear(wide, size)
        self.norm1, self.norm2 = nn.LayerNorm(size, eps=eps), nn.LayerNorm(size, eps=eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        batch, length, size = hidden.shape
        q, k, v = (
            part(hidden).view(batch, length, self.heads, size // self.heads).transpose(1, 2)
            for part in (self.query, self.key, self.value)
        )
        attended = F.scaled_dot_product_attention(q, k, v, attn_mask=mask.to(q.dtype))
        attended = attended.transpose(1, 2).reshape(batch, length, size)
        hidden = self.norm1(hidden + self.dropout(self.mix(attended)))
        return self.norm2(hidden + self.dropout(self.narrow(F.gelu(self.widen(hidden)))))


class Light(nn.Module):
    """Small embeddings (MiniLM's, reduced by PCA, then trained), two bidirectional LSTM layers with residuals."""

    def __init__(self, folder: Path, size: int = 128, dropout: float = 0.25) -> None:
        super().__init__()
        self.size = size
        self.words = nn.Embedding.from_pretrained(reduced_embeddings(folder, size), freeze=False)
        self.features = nn.ModuleList(nn.Embedding(n, size) for n in FEATURE_SIZES)
        for table in self.features:
            nn.init.normal_(table.weight, std=0.1)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in range(3))
        self.recurrent = nn.ModuleList(nn.LSTM(size, size, batch_first=True, bidirectional=True) for _ in range(2))
        self.narrow = nn.ModuleList(nn.Linear(2 * size, size) for _ in range(2))
        self.dropout = nn.Dropout(dropout)
        self.word_dropout = 0.05

    def forward(self, ids: Tensor, features: Tensor) -> Tensor:
        """ids (B, T), 0 = padding; features (B, T, 3) -> (B, T, size)."""
        present = (ids != 0)[..., None]
        if self.training:
            unknown = torch.rand(ids.shape) < self.word_dropout
            ids = torch.where(unknown & (ids > CLS_SEP), torch.full_like(ids, UNKNOWN), ids)
        hidden = self.words(ids)
        for i, table in enumerate(self.features):
            hidden = hidden + table(features[:, :, i])
        hidden = self.dropout(self.norms[0](hidden))
        for recurrent, narrow, norm in zip(self.recurrent, self.narrow, self.norms[1:], strict=True):
            out, _ = recurrent(hidden * present)
            hidden = norm(hidden + self.dropout(narrow(out)))
        return hidden


def reduced_embeddings(folder: Path, size: int) -> Tensor:
    table = load_file(folder / "model.safetensors")["embeddings.word_embeddings.weight"].float()
    table = table - table.mean(0)
    _, _, directions = torch.linalg.svd(table, full_matrices=False)
    reduced = table @ directions[:size].T
    return reduced / reduced.std()


class Tagger(nn.Module):
    """Encoder plus heads: emissions of the tag chains and one vector per word for linking."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.emit = nn.Linear(encoder.size, CHAIN_COUNT * TAGS)
        self.link = nn.Linear(encoder.size, LINK_SIZE)
        self.crf = Crf()
        self.linker = Linker()
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: Tensor, features: Tensor, firsts: Tensor) -> tuple[Tensor, Tensor]:
        """ids (B, T), features (B, T, 3), firsts (B, W), pieces -> (B, W, chains * tags), (B, W, link)."""
        hidden = self.encoder(ids, features)
        words = hidden.gather(1, firsts[:, :, None].expand(-1, -1, hidden.shape[2]))
        words = self.dropout(words)
        return self.emit(words), self.link(words)


class Crf(nn.Module):
    """Linear-chain CRFs, one per chain; a new paragraph ends one sequence and starts the next."""

    def __init__(self) -> None:
        super().__init__()
        self.start = nn.Parameter(torch.zeros(CHAIN_COUNT, TAGS))
        self.end = nn.Parameter(torch.zeros(CHAIN_COUNT, TAGS))
        self.step = nn.Parameter(torch.zeros(CHAIN_COUNT, TAGS, TAGS))

    def scores(self) -> tuple[Tensor, Tensor, Tensor]:
        """start, end (chains, tags) and step (chains, from, to), with what BILOU forbids at NEVER."""
        return (
            self.start.masked_fill(~MAY_START, NEVER),
            self.end.masked_fill(~MAY_END, NEVER),
            self.step.masked_fill(~ALLOWED, NEVER),
        )

    def log_partition(self, emissions: Tensor, breaks: Tensor, mask: Tensor) -> Tensor:
        """(B, chains)."""
        start, end, step = self.scores()
        across = end[:, :, None] + start[:, None, :]
        steps = torch.where(breaks[:, :, None, None, None], across, step)
        alpha = start + emissions[:, 0]
        for t in range(1, emissions.shape[1]):
            new = torch.logsumexp(alpha[..., None] + steps[:, t], dim=-2) + emissions[:, t]
            alpha = torch.where(mask[:, t, None, None], new, alpha)
        return torch.logsumexp(alpha + end, dim=-1)

    def marginals(self, emissions: Tensor, breaks: Tensor, mask: Tensor) -> Tensor:
        """P(tag) of each word, (B, W, chains, tags): the gradient of the log partition."""
        with torch.enable_grad():
            emissions = emissions.detach().requires_grad_()
            total = self.log_partition(emissions, breaks, mask).sum()
            return torch.autograd.grad(total, emissions)[0]

    def loss(self, emissions: Tensor, tags: Tensor, breaks: Tensor, mask: Tensor) -> Tensor:
        """Negative log-likelihood, (B, chains); tags (B, W, chains), breaks and mask (B, W)."""
        start, end, step = self.scores()
        across = end[:, :, None] + start[:, None, :]
        steps = torch.where(breaks[:, :, None, None, None], across, step)  # (B, W, chains, from, to)
        total = self.log_partition(emissions, breaks, mask)
        emitted = (emissions.gather(-1, tags[..., None])[..., 0] * mask[..., None]).sum(1)
        chains = torch.arange(CHAIN_COUNT)
        moved = steps[:, 1:].flatten(-2).gather(-1, (tags[:, :-1] * TAGS + tags[:, 1:])[..., None])[..., 0]
        gold = start[chains, tags[:, 0]] + emitted + (moved * mask[:, 1:, None]).sum(1)
        last = mask.long().sum(1) - 1
        final = tags.gather(1, last[:, None, None].expand(-1, 1, CHAIN_COUNT))[:, 0]
        return total - gold - end[chains, final]


class Linker(nn.Module):
    """Scores pairs of spans: content -> cue (relation 0), cue or content -> source (relation 1)."""

    def __init__(self, hidden: int = 64) -> None:
        super().__init__()
        self.left = nn.ModuleList(nn.Linear(2 * LINK_SIZE, hidden) for _ in range(2))
        self.right = nn.ModuleList(nn.Linear(2 * LINK_SIZE, hidden) for _ in range(2))
        self.pair = nn.ModuleList(nn.Linear(PAIR_FEATURES, hidden) for _ in range(2))
        self.out = nn.ModuleList(nn.Linear(hidden, 1) for _ in range(2))
        self.none = nn.ModuleList(nn.Linear(2 * LINK_SIZE, 1) for _ in range(2))

    def forward(
        self, relation: int, left: Tensor, right: Tensor, rows: Tensor, columns: Tensor, pairs: Tensor
    ) -> Tensor:
        """left (L, 2 link), right (R, 2 link), pairs (N, features) -> (L, R + 1); last column: no partner."""
        mixed = self.left[relation](left)[rows] + self.right[relation](right)[columns] + self.pair[relation](pairs)
        scores = left.new_full((len(left), len(right)), NEVER)
        scores = scores.index_put((rows, columns), self.out[relation](F.relu(mixed))[:, 0])
        return torch.cat([scores, self.none[relation](left)], dim=1)
