"""Train a statement tagger: `python -m training.attribution.train --help`."""

import argparse
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from benchmarks.statement_metric import count_matches, f1_scores
from training.attribution.data import CHAINS, LEVELS, Example, load_examples, make_example, tags_of
from training.attribution.network import CHAIN_COUNT, TAGS, Light, MiniLM, Tagger
from training.attribution.passages import FOLDER, read_passages
from transforms.encode import windows
from transforms.linking import PairReader
from transforms.models.statement_model import load_vocabulary
from transforms.tagging import Transitions, best_tags, tag_spans

log = logging.getLogger("train")
CLS, SEP = 101, 102
SOFTEN_PIECES = 8000  # word pieces a batch


class Window:
    """One window of an example as arrays: what a network reads, and what it should answer."""

    def __init__(self, example: Example, tags: np.ndarray, first: int, end: int) -> None:
        e = example.encoded
        base = e.piece_starts[first]
        self.example, self.first, self.end = example, first, end
        pieces = e.pieces[base : e.piece_starts[end]]
        self.ids = np.concatenate([[CLS], pieces, [SEP]])
        counts = np.diff(e.piece_starts[first : end + 1])
        features = np.repeat(e.features[first:end], counts, axis=0)
        self.features = np.concatenate([np.zeros((1, 3), int), features, np.zeros((1, 3), int)])
        self.firsts = e.piece_starts[first:end] - base + 1
        self.tags = tags[first:end]
        self.soft = None if example.soft is None else example.soft[first:end]
        self.breaks = np.concatenate([[False], np.diff(e.paragraphs[first:end]) > 0])


def batches(
    examples: Sequence[tuple[Example, np.ndarray]], max_pieces: int, size: int, rng: random.Random | None
) -> Iterator[list[Window]]:
    """Yield batches of about `size` pieces, windows of similar length together; shuffled with `rng`."""
    first = [rng.randint(max_pieces // 3, max_pieces) if rng else None for _ in examples]
    found = [
        Window(x, tags, *w)
        for (x, tags), limit in zip(examples, first, strict=True)
        for w in windows(x.encoded, max_pieces, limit)
    ]
    found.sort(key=lambda w: len(w.ids) + (rng.random() * 20 if rng else 0))
    groups: list[list[Window]] = [[]]
    for window in found:
        if groups[-1] and len(window.ids) * (len(groups[-1]) + 1) > size:
            groups.append([])
        groups[-1].append(window)
    if rng:
        rng.shuffle(groups)
    yield from groups


def pad(arrays: Sequence[np.ndarray]) -> Tensor:
    longest = max(len(a) for a in arrays)
    out = np.zeros((len(arrays), longest, *arrays[0].shape[1:]), dtype=np.int64)
    for row, array in zip(out, arrays, strict=True):
        row[: len(array)] = array
    return torch.from_numpy(out)


def forward(model: Tagger, group: Sequence[Window]) -> tuple[Tensor, Tensor]:
    emissions, links = model(
        pad([w.ids for w in group]), pad([w.features for w in group]), pad([w.firsts for w in group])
    )
    return emissions.float().unflatten(-1, (CHAIN_COUNT, TAGS)), links.float()


def tag_loss(model: Tagger, group: Sequence[Window], emissions: Tensor) -> Tensor:
    """Mean negative log-likelihood a word; nested chains only count where the annotation has them."""
    tags, breaks = pad([w.tags for w in group]), pad([w.breaks for w in group]).bool()
    mask = pad([np.ones(len(w.firsts), bool) for w in group]).bool()
    chains = torch.tensor([[w.example.nested or level == 0 for level, _ in CHAINS] for w in group])
    return (model.crf.loss(emissions, tags, breaks, mask) * chains).sum() / mask.sum()


def soft_loss(group: Sequence[Window], emissions: Tensor) -> Tensor:
    """Cross-entropy a word against a teacher's tag probabilities, where there are some."""
    losses, words = [], 0
    for window, scores in zip(group, emissions, strict=True):
        if window.soft is not None:
            target = torch.from_numpy(window.soft.astype(np.float32))
            losses.append(-(target * scores[: len(target)].log_softmax(-1)).sum())
            words += len(target)
    return torch.stack(losses).sum() / words if losses else emissions.sum() * 0


@torch.no_grad()
def soften(teachers: Sequence[Tagger], examples: Sequence[Example], max_pieces: int) -> None:
    """Keep the mean of the teachers' tag probabilities with each example."""
    for example in examples:
        example.soft = np.zeros((len(example.encoded.starts), CHAIN_COUNT, TAGS), dtype=np.float16)
    for teacher in teachers:
        _add_marginals(teacher, examples, max_pieces, 1 / len(teachers))


def _add_marginals(teacher: Tagger, examples: Sequence[Example], max_pieces: int, share: float) -> None:
    teacher.eval()
    tagged = [(x, np.zeros((len(x.encoded.starts), CHAIN_COUNT), dtype=np.int64)) for x in examples]
    for group in batches(tagged, max_pieces, SOFTEN_PIECES, None):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            emissions, _ = forward(teacher, group)
        mask = pad([np.ones(len(w.firsts), bool) for w in group]).bool()
        marginals = teacher.crf.marginals(emissions, pad([w.breaks for w in group]).bool(), mask).numpy()
        for window, own in zip(group, marginals, strict=True):
            window.example.soft[window.first : window.end] += share * own[: window.end - window.first]


def link_loss(model: Tagger, group: Sequence[Window], links: Tensor) -> Tensor:
    """Mean cross-entropy a link, over the true spans of each window."""
    losses: list[Tensor] = []
    for window, vectors in zip(group, links, strict=True):
        reader = PairReader(window.example.text, window.example.encoded)
        for level in range(LEVELS):
            losses += _link_losses(model, window, vectors, reader, level)
    return torch.cat(losses).sum() / max(1, sum(len(x) for x in losses)) if losses else links.sum() * 0


def _link_losses(model: Tagger, window: Window, vectors: Tensor, reader: PairReader, level: int) -> list[Tensor]:
    def inside(span: tuple[int, int] | None) -> bool:
        return span is not None and span[0] >= window.first and span[1] <= window.end

    anchors = [a for a in window.example.anchors if a.level == level]
    contents = [(c, a.cue) for a in anchors for c in a.contents if inside(c)]
    heads = [(a.cue or a.contents[0], a.source) for a in anchors if inside(a.cue or a.contents[0])]
    cues = sorted({a.cue for a in anchors if inside(a.cue)})
    sources = sorted({a.source for a in anchors if inside(a.source)})
    losses = []
    for relation, pairs, partners in ((0, contents, cues), (1, heads, sources)):
        kept = [(one, p) for one, p in pairs if p is None or (inside(p) and reader.close(one, p))]
        if not kept:
            continue
        left = np.array([one for one, _ in kept], dtype=np.int32)
        right = np.array(partners, dtype=np.int32).reshape(-1, 2)
        targets = torch.tensor([partners.index(p) if p else len(partners) for _, p in kept])
        scores = link_scores(model, relation, vectors, left, right, reader, window.first)
        losses.append(torch.nn.functional.cross_entropy(scores, targets, reduction="none"))
    return losses


def link_scores(
    model: Tagger,
    relation: int,
    vectors: Tensor,
    left: np.ndarray,
    right: np.ndarray,
    reader: PairReader,
    first: int = 0,
) -> Tensor:
    rows, columns = reader.near(left, right)
    return model.linker(
        relation,
        span_vectors(vectors, left - first),
        span_vectors(vectors, right - first),
        torch.from_numpy(rows).long(),
        torch.from_numpy(columns).long(),
        torch.from_numpy(reader.pairs(left, right, rows, columns)),
    )


def span_vectors(vectors: Tensor, spans: np.ndarray) -> Tensor:
    """Return first and last word's vectors of each span, (N, 2 link)."""
    index = torch.from_numpy(spans.astype(np.int64))
    return torch.cat([vectors[index[:, 0]], vectors[index[:, 1] - 1]], dim=1)


@torch.no_grad()
def predict(model: Tagger, examples: Sequence[Example], max_pieces: int, nested: bool = False) -> list[dict[str, Any]]:
    """Return {id, attributions} of each example, as the scorer reads it."""
    model.eval()
    start, end, step = (part.numpy() for part in model.crf.scores())
    transitions = Transitions(start=start, end=end, step=step)
    out = []
    for example in examples:
        group = [
            Window(example, np.zeros((len(example.encoded.starts), 6), int), *w)
            for w in windows(example.encoded, max_pieces)
        ]
        parts = [forward(model, [w]) for w in group]
        emissions = torch.cat([p[0][0] for p in parts]).numpy()
        vectors = torch.cat([p[1][0] for p in parts])
        tags = best_tags(emissions, example.encoded.paragraphs, transitions)
        attributions = []
        for level in range(LEVELS if nested else 1):
            attributions += decode(model, example, tags, vectors, level)
        out.append({"id": example.id, "attributions": attributions})
    model.train()
    return out


def decode(model: Tagger, example: Example, tags: np.ndarray, vectors: Tensor, level: int) -> list[dict[str, Any]]:
    contents, cues, sources = (tag_spans(tags[:, 3 * level + i]) for i in range(3))
    if not len(contents):
        return []
    e, reader = example.encoded, PairReader(example.text, example.encoded)

    def best(relation: int, left: np.ndarray, right: np.ndarray) -> np.ndarray:
        return link_scores(model, relation, vectors, left, right, reader).argmax(1).numpy()

    cue_of = best(0, contents, cues)
    groups: dict[tuple[str, int], list[int]] = {}
    for i, cue in enumerate(cue_of):
        groups.setdefault(("content", i) if cue == len(cues) else ("cue", int(cue)), []).append(i)
    heads = np.array([contents[k] if kind == "content" else cues[k] for kind, k in groups], dtype=np.int32)
    source_of = best(1, heads, sources)
    chars = lambda span: [int(e.starts[span[0]]), int(e.ends[span[1] - 1])]  # noqa: E731
    return [
        {
            "content": [chars(contents[i]) for i in members],
            "cue": [chars(cues[k])] if kind == "cue" else [],
            "source": [chars(sources[s])] if s < len(sources) else [],
        }
        for ((kind, k), members), s in zip(groups.items(), source_of, strict=True)
    ]


class Average:
    """Exponential moving average of a model's weights (Polyak and Juditsky 1992)."""

    def __init__(self, model: Tagger, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.weights = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: Tagger) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        with torch.no_grad():
            for name, value in model.state_dict().items():
                self.weights[name].lerp_(value, 1 - decay)


def train(
    model: Tagger, data: Sequence[Example], args: argparse.Namespace, check: Callable[[int, Average], None]
) -> Average:
    rng = random.Random(args.seed)
    tagged = [(x, tags_of(x)) for x in data]
    body, heads = [], []
    for name, parameter in model.named_parameters():
        (body if name.startswith("encoder.") and ".features." not in name else heads).append(parameter)
    optimizer = torch.optim.AdamW(
        [{"params": body, "lr": args.lr}, {"params": heads, "lr": args.head_lr}], weight_decay=0.01
    )
    per_epoch = len(list(batches(tagged, args.window, args.batch, random.Random(0))))
    total = per_epoch * args.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / (0.06 * total)) * max(0.02, 1 - s / total)
    )
    average = Average(model, args.ema)
    step, began = 0, time.time()
    model.train()
    for epoch in range(args.stop_after or args.epochs):
        sums = np.zeros(2)
        for group in batches(tagged, args.window, args.batch, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=args.bf16):
                emissions, links = forward(model, group)
            tag, link = tag_loss(model, group, emissions), link_loss(model, group, links)
            optimizer.zero_grad()
            soft = soft_loss(group, emissions) if args.teacher else emissions.sum() * 0
            (tag + args.link_weight * link + args.soft_weight * soft).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            average.update(model)
            sums += tag.item(), link.item()
            step += 1
            if step % 50 == 0:
                log.info("step %d/%d %.0fs tag %.4f link %.4f", step, total, time.time() - began, *(sums / 50))
                sums[:] = 0
        check(epoch, average)
    return average


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with attribution/polnear_{train,dev}.jsonl")
    parser.add_argument("--minilm", type=Path, required=True, help="folder of MiniLM-L6: config, tokenizer, weights")
    parser.add_argument("--passages", type=Path, default=FOLDER, help="folder of composed passages")
    parser.add_argument("--passage-weight", type=int, default=1, help="how often an epoch shows each composed passage")
    parser.add_argument("--network", choices=("minilm", "light"), default="minilm")
    parser.add_argument(
        "--teacher", type=Path, nargs="*", default=[], help="weights of MiniLMs whose tag probabilities are learned too"
    )
    parser.add_argument("--soft-weight", type=float, default=1.0)
    parser.add_argument("--check-every", type=int, default=1, help="epochs between two looks at the dev articles")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="weights to go on from")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--stop-after", type=int, help="epochs to run of those the learning rate is planned for")
    parser.add_argument("--lr", type=float, default=8e-5)
    parser.add_argument("--head-lr", type=float, default=1e-3)
    parser.add_argument("--batch", type=int, default=3000, help="word pieces")
    parser.add_argument("--window", type=int, default=300, help="word pieces")
    parser.add_argument("--ema", type=float, default=0.995)
    parser.add_argument("--link-weight", type=float, default=0.1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--bf16", action="store_true")
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    torch.manual_seed(args.seed)
    vocabulary = load_vocabulary()
    folder = args.data / "attribution"
    train_set = load_examples(folder / "polnear_train.jsonl", vocabulary, nested=False)[: args.limit]
    dev = load_examples(folder / "polnear_dev.jsonl", vocabulary, nested=False)
    passages = [
        make_example(record, vocabulary, nested=True)
        for path in sorted(args.passages.glob("*.txt"))
        for record in read_passages(path)
    ]
    log.info("%d articles, %d composed passages", len(train_set), len(passages))
    train_set += passages * args.passage_weight
    if args.teacher:
        teachers = [Tagger(MiniLM(args.minilm)) for _ in args.teacher]
        for teacher, weights in zip(teachers, args.teacher, strict=True):
            teacher.load_state_dict(torch.load(weights))
        soften(teachers, list({x.id: x for x in train_set}.values()), args.window)
        log.info("softened")
    model = Tagger(MiniLM(args.minilm) if args.network == "minilm" else Light(args.minilm))
    if args.start:
        model.load_state_dict(torch.load(args.start))
    log.info("%d examples, %d parameters", len(train_set), sum(p.numel() for p in model.parameters()))

    def check(epoch: int, average: Average) -> None:
        if (epoch + 1) % args.check_every and epoch + 1 < args.epochs:
            return
        kept = {k: v.clone() for k, v in model.state_dict().items()}
        model.load_state_dict(average.weights)
        torch.save(average.weights, args.out)
        predictions = predict(model, dev, args.window)
        args.out.with_suffix(".dev.jsonl").write_text("".join(json.dumps(p) + "\n" for p in predictions))
        log.info("epoch %d %s", epoch, report(dev, predictions))
        model.load_state_dict(kept)

    train(model, train_set, args, check)


def report(examples: Sequence[Example], predictions: Sequence[dict[str, Any]]) -> str:
    """Return the F1 scores of the predictions in one line."""
    counts = Counter[str]()
    for example, predicted in zip(examples, predictions, strict=True):
        counts += count_matches(example.text, example.record["attributions"], predicted["attributions"])
    names = ("statement", "joint", "exact", "joint direct", "joint mixed", "joint indirect")
    scores = f1_scores(counts)
    return ", ".join(f"{name} {100 * scores[name]:.1f}" for name in names)


if __name__ == "__main__":
    main()
