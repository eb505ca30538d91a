"""Train a label model on all data, or without one of five folds: `python -m training.classification.train --help`."""

import argparse
import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from training.classification.data import Example, fold_of, read_composed, read_texts, read_training
from training.classification.network import Accurate, Compact
from transforms.models.label_model import MAX_PIECES

NETWORKS = {"accurate": Accurate, "compact": Compact}
POOL = 3_000  # examples that are sorted by length before they are cut into batches
WARM_UP = 0.06  # share of the steps


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--fold", type=int, help="what is left out: one of 0 to 4")
    parser.add_argument("--epochs", type=int, required=True)
    parser.add_argument("--lr", type=float, required=True)
    parser.add_argument("--head-lr", type=float, required=True)
    parser.add_argument("--pieces", type=int, default=4000, help="word pieces of a batch")
    parser.add_argument(
        "--thin", type=float, default=0.0, help="share of CheckThat's sentences not worth checking left out"
    )
    parser.add_argument("--composed-repeats", type=int, default=2)
    parser.add_argument("--stories", action="store_true", help="learn outlook from the sentences of stories, too")
    parser.add_argument("--keep", type=float, default=0.0, help="share of the weights of --start in what is saved")
    parser.add_argument("--teacher", type=Path, nargs="*", default=[], help="weights of MiniLMs to learn from")
    parser.add_argument("--texts", type=int, default=0, help="how many more texts the teachers label")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    random.seed(args.seed)
    examples = read_training(args.data, stories=args.stories)
    held = [example for example in examples if fold_of(example) == args.fold]
    taught = [example for example in examples if fold_of(example) != args.fold]
    taught += [one for one in read_composed() if fold_of(one) != args.fold] * (args.composed_repeats - 1)
    if args.texts:
        texts = read_texts(args.data)
        taught += [Example(text=text) for text in random.sample(texts, min(args.texts, len(texts)))]
    taught = _thinned(taught, args.thin)
    print(f"{len(taught)} taught, {len(held)} held back", flush=True)
    tokenizer = _tokenizer(args.minilm)
    pieces = [tokenizer.encode(example.text).ids for example in taught]
    soft = _teach(args.teacher, args.minilm, pieces)
    network = NETWORKS[args.network](args.minilm)
    if args.start:
        network.load_state_dict(torch.load(args.start))
    train(network, pieces, labels_of(taught), soft, args)
    if args.keep:
        network.load_state_dict(mean_weights(torch.load(args.start), network.state_dict(), args.keep))
    torch.save(network.state_dict(), args.out)
    if held:
        logits = predict(network, [tokenizer.encode(example.text).ids for example in held])
        np.savez(args.out.with_suffix(".npz"), logits=logits.numpy(), labels=labels_of(held).numpy())


def mean_weights(first: Mapping[str, Tensor], second: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return weights between two networks, of which one began as the other; share is the first's.

    They forget less of what the first had learned (Wortsman et al. 2022, *Robust fine-tuning of zero-shot models*).
    """
    return {name: torch.lerp(second[name], first[name], share) for name in first}


def _thinned(examples: Sequence[Example], share: float) -> list[Example]:
    return [
        one for one in examples if one.claim is not None or one.check_worthy is not False or random.random() >= share
    ]


def train(
    network: torch.nn.Module,
    pieces: Sequence[list[int]],
    labels: Tensor,
    soft: Tensor | None,
    args: argparse.Namespace,
) -> None:
    """AdamW, linear warm-up and decay."""
    head = {id(parameter) for parameter in network.out.parameters()}
    body = [one for one in network.parameters() if id(one) not in head and one.requires_grad]
    groups = [{"params": body, "lr": args.lr}, {"params": list(network.out.parameters()), "lr": args.head_lr}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = args.epochs * len(list(batches(pieces, args.pieces)))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / (WARM_UP * steps), max(0.0, 1 - step / steps))
    )
    network.train()
    for epoch in range(args.epochs):
        losses = []
        for batch in batches(pieces, args.pieces):
            with torch.autocast("cpu", torch.bfloat16, enabled=isinstance(network, Accurate)):
                logits = network(padded([pieces[row] for row in batch])).float()
            loss = loss_of(logits, labels[batch], None if soft is None else soft[batch])
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(float(loss))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}", flush=True)
    network.eval()


def loss_of(logits: Tensor, labels: Tensor, soft: Tensor | None) -> Tensor:
    """Mean negative log-likelihood of what is known of each text, and of the teacher's probabilities.

    logits (B, 5); labels (B, 4): claim class, check-worthy, subjective, forward-looking, -1 = not asked; soft (B, 5).
    """
    chances = F.log_softmax(logits[:, :3], 1)
    classed, judged = labels[:, 0] >= 0, (labels[:, 0] < 0) & (labels[:, 1] >= 0)
    total = -chances[classed].gather(1, labels[classed, :1]).sum()
    others = torch.logsumexp(chances[judged, :2], 1)
    total = total - torch.where(labels[judged, 1] == 1, chances[judged, 2], others).sum()
    for column in (2, 3):
        asked = labels[:, column] >= 0
        wanted = labels[asked, column].float()
        total = total + F.binary_cross_entropy_with_logits(logits[asked, column + 1], wanted, reduction="sum")
    if soft is not None:
        total = total - (soft[:, :3].softmax(1) * chances).sum()
        total = total + F.binary_cross_entropy_with_logits(logits[:, 3:], soft[:, 3:].sigmoid(), reduction="sum")
    return total / len(logits)


def predict(network: torch.nn.Module, pieces: Sequence[list[int]]) -> Tensor:
    """Return the logits of each text, (N, 5)."""
    network.eval()
    logits = torch.zeros(len(pieces), 5)
    with torch.no_grad():
        for batch in batches(pieces, 8000):
            with torch.autocast("cpu", torch.bfloat16, enabled=isinstance(network, Accurate)):
                logits[batch] = network(padded([pieces[row] for row in batch])).float()
    return logits


def batches(pieces: Sequence[list[int]], size: int) -> Iterator[list[int]]:
    """Yield the rows in batches of like length and at most `size` word pieces with padding, in random order."""
    order = random.sample(range(len(pieces)), len(pieces))
    found: list[list[int]] = []
    for first in range(0, len(order), POOL):
        batch: list[int] = []
        for row in sorted(order[first : first + POOL], key=lambda row: len(pieces[row])):
            if batch and len(pieces[row]) * (len(batch) + 1) > size:
                found.append(batch)
                batch = []
            batch.append(row)
        found.append(batch)
    yield from random.sample(found, len(found))


def padded(pieces: Sequence[list[int]]) -> Tensor:
    width = max(map(len, pieces))
    return torch.tensor([one + [0] * (width - len(one)) for one in pieces])


def labels_of(examples: Sequence[Example]) -> Tensor:
    known = [(one.claim, one.check_worthy, one.subjective, one.forward_looking) for one in examples]
    return torch.tensor([[-1 if label is None else int(label) for label in row] for row in known])


def _teach(weights: Sequence[Path], minilm: Path, pieces: Sequence[list[int]]) -> Tensor | None:
    teachers = []
    for path in weights:
        teacher = Accurate(minilm)
        teacher.load_state_dict(torch.load(path))
        teachers.append(predict(teacher, pieces))
    return torch.stack(teachers).mean(0) if teachers else None


def _tokenizer(minilm: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(minilm / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_PIECES)
    return tokenizer


if __name__ == "__main__":
    main()
