"""The networks that label a text: an encoder, its words pooled, one layer of logits."""

from pathlib import Path

import torch
from torch import Tensor, nn

from training.attribution.network import CLS_SEP, NEVER, UNKNOWN, MiniLM, reduced_embeddings

LOGITS = 5  # three claim classes, subjective, forward-looking


class Accurate(nn.Module):
    """MiniLM; the mean of its last layer, as it was pre-trained."""

    def __init__(self, folder: Path, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = MiniLM(folder, dropout)
        self.encoder.words.weight.requires_grad_(False)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(self.encoder.size, LOGITS)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, T), 0 = padding -> (B, LOGITS)."""
        hidden = self.encoder(ids, ids.new_zeros((*ids.shape, 3)))
        present = (ids != 0)[..., None].to(hidden.dtype)
        return self.out(self.dropout((hidden * present).sum(1) / present.sum(1)))


class Compact(nn.Module):
    """Small embeddings (MiniLM's, reduced by PCA, then trained), one bidirectional LSTM; its mean and its maxima."""

    def __init__(self, folder: Path, size: int = 128, dropout: float = 0.3) -> None:
        super().__init__()
        self.words = nn.Embedding.from_pretrained(reduced_embeddings(folder, size), freeze=False)
        self.norm = nn.LayerNorm(size)
        self.recurrent = nn.LSTM(size, size, batch_first=True, bidirectional=True)
        self.dropout = nn.Dropout(dropout)
        self.word_dropout = 0.05
        self.out = nn.Linear(4 * size, LOGITS)

    def forward(self, ids: Tensor) -> Tensor:
        """ids (B, T), 0 = padding -> (B, LOGITS)."""
        present = (ids != 0)[..., None]
        if self.training:
            unknown = torch.rand(ids.shape) < self.word_dropout
            ids = torch.where(unknown & (ids > CLS_SEP), torch.full_like(ids, UNKNOWN), ids)
        hidden = self.dropout(self.norm(self.words(ids))) * present
        hidden, _ = self.recurrent(hidden)
        mean = (hidden * present).sum(1) / present.sum(1)
        highest = hidden.masked_fill(~present, NEVER).max(1).values
        return self.out(self.dropout(torch.cat([mean, highest], 1)))
