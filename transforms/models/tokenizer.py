"""The word pieces that all models read: MiniLM's."""

from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

FOLDER = Path(__file__).parent
UNKNOWN, CLS, SEP = 100, 101, 102  # ids in BERT's vocabulary


@cache
def load_tokenizer() -> Tokenizer:
    """Return the one tokenizer of this process, some 10 MB."""
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
