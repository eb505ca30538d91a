"""Story clusters: copies found, false joins, speed: `python benchmarks/stories.py [DATA]`.

5,000 articles, then 200 copies of each kind. Articles are walks over the word pairs of real prose, so that they share
its phrases; one in ten repeats a quarter of an earlier one as background, one in ten fills in a template, and each ends
in the boilerplate of one of 40 sites. With DATA, the 840 training articles of PolNeAR are among them, and the walks are
over their words; else over those of `benchmarks/gold/passages.jsonl`. Every join among the articles is false, but those
of real ones that share half of the shorter one's 3-grams: reprints. Exits with 1 when a figure misses its limit.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from unittest.mock import patch

import numpy as np

from benchmarks.stopwatch import Stopwatch
from flows.job import JobParameters, run_job
from flows.stories import Stories
from transforms.duplicates import ENTRY, Entries, StoryIndex, shingles_of, sign_texts

ARTICLES, COPIES, BATCH = 5_000, 200, 200
RUN_RECORDS = 200  # of the run whose cost is measured
EDITED_SHARE = 0.1  # of the words of a wire copy: replaced, left out, or with a word put in before them
MIN_RECALL = {"10% edited": 0.95, "reprint": 0.99, "last third cut": 0.95, "30% of local text added": 0.95}
MAX_FALSE_SHARE = 0.005
MIN_ARTICLES_PER_SECOND = 800  # signed and joined; a processed article takes some 25 ms
MAX_RUN_MILLISECONDS = 1.2  # of CPU time an article; all of it takes some 25

Words = list[str]
Pairs = Mapping[str, Sequence[str]]
Copy = Callable[[Random, Pairs, Words], Words]


def main() -> int:
    """Print the figures; return 1 if one misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", nargs="?", type=Path)
    options = parser.parse_args()
    prose = read_texts(Path(__file__).parent / "gold" / "passages.jsonl")
    real = read_texts(options.data / "attribution" / "polnear_train.jsonl") if options.data else []
    random = Random(1)
    pairs = learn_pairs(real or prose)
    boilerplate = [walk(random, pairs, random.randint(8, 30)) for _ in range(40)]
    bodies = [text.split() for text in real] + write_articles(random, pairs, ARTICLES - len(real))
    texts = [" ".join([*body, *random.choice(boilerplate)]) for body in bodies]
    started = time.process_time()
    index, stories = join_in_batches(StoryIndex(np.empty(0, ENTRY)), texts, "a")
    speed = len(texts) / (time.process_time() - started)
    failures = judge_false_joins(texts, stories, len(real))
    for kind, copy in COPY_KINDS.items():
        sources = random.sample(range(ARTICLES), COPIES)
        copies = [" ".join([*copy(random, pairs, bodies[source]), *random.choice(boilerplate)]) for source in sources]
        _, joined = join_in_batches(StoryIndex(index.entries), copies, "c")
        found = sum(stories[source] == story for source, story in zip(sources, joined, strict=True)) / COPIES
        print(f"copies found, {kind}: {found:.3f} of {COPIES} (floor {MIN_RECALL.get(kind, 'none')})")
        failures += [f"{kind}: {found:.3f}"] if found < MIN_RECALL.get(kind, 0) else []
    print(f"signed and joined: {speed:,.0f} articles per CPU-second (floor {MIN_ARTICLES_PER_SECOND})")
    failures += [f"{speed:,.0f} articles per CPU-second"] if speed < MIN_ARTICLES_PER_SECOND else []
    failures += judge_run_cost(texts[:RUN_RECORDS])
    for failure in failures:
        print(f"misses its limit: {failure}")
    return 1 if failures else 0


def read_texts(path: Path) -> list[str]:
    """Return the texts of a file of records."""
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


# --- articles and copies ----------------------------------------------------------------------------------------------


def learn_pairs(texts: Sequence[str]) -> Pairs:
    """Return the words that follow each word, as often as they do."""
    words = " ".join(texts).split()
    pairs: dict[str, Words] = {}
    for word, following in zip(words, [*words[1:], words[0]], strict=True):
        pairs.setdefault(word, []).append(following)
    return pairs


def walk(random: Random, pairs: Pairs, length: int) -> Words:
    """Return that many words, each one that follows the one before it."""
    words = [random.choice(list(islice(pairs, 2_000)))]
    while len(words) < length:
        words.append(random.choice(pairs[words[-1]]))
    return words


def write_articles(random: Random, pairs: Pairs, count: int) -> list[Words]:
    """Return articles of 80 to 1,500 words, 450 in the middle; every tenth is a follow-up, and every tenth a form."""
    templates = [walk(random, pairs, 180) for _ in range(12)]
    articles: list[Words] = []
    for number in range(count):
        length = min(1_500, max(80, int(random.lognormvariate(6.1, 0.6))))
        words = walk(random, pairs, length)
        if number % 10 == 5:
            earlier = random.choice(articles)
            words[length * 3 // 4 :] = earlier[-length // 4 :]
        elif number % 10 == 6:
            words = fill_in(random, pairs, random.choice(templates))
        articles.append(words)
    return articles


def fill_in(random: Random, pairs: Pairs, template: Words) -> Words:
    """Return a template with other words in every third of its places, three at a time."""
    other = walk(random, pairs, len(template))
    return [other[place] if place % 9 >= 6 else word for place, word in enumerate(template)]


def edit(random: Random, pairs: Pairs, words: Words, share: float) -> Words:
    """Return the words with a share of them replaced, left out, or with another put in before."""
    edited: Words = []
    for word in words:
        other = walk(random, pairs, 1)[0]
        changes: tuple[Words, ...] = ([other], [other], [], [other, word])
        edited += random.choice(changes) if random.random() < share else [word]
    return edited


def localise(random: Random, pairs: Pairs, words: Words) -> Words:
    """Return the words with local text of 30 % of their number, half before and half after them."""
    part = len(words) * 15 // 100
    return [*walk(random, pairs, part), *words, *walk(random, pairs, part)]


COPY_KINDS: dict[str, Copy] = {
    "10% edited": partial(edit, share=EDITED_SHARE),
    "reprint": lambda random, pairs, words: words,
    "last third cut": lambda random, pairs, words: words[: len(words) * 2 // 3],
    "30% of local text added": localise,
    "20% edited": partial(edit, share=0.2),
}


# --- joining ----------------------------------------------------------------------------------------------------------


def join_in_batches(index: StoryIndex, texts: Sequence[str], prefix: str) -> tuple[StoryIndex, list[str]]:
    """Return the index with the texts added, and the story of each."""
    stories: list[str] = []
    for start in range(0, len(texts), BATCH):
        batch = texts[start : start + BATCH]
        entries: Entries = np.zeros(len(batch), ENTRY)
        entries["article_id"] = [f"{prefix}{start + number:015x}" for number in range(len(batch))]
        entries["signature"], entries["shingle_count"] = sign_texts(batch)
        stories += index.join(entries)
    return index, stories


def judge_false_joins(texts: Sequence[str], stories: Sequence[str], real: int) -> list[str]:
    """Print how many articles joined a story that is not theirs; return that if it is over its limit.

    The first `real` texts are real ones.
    """
    members: dict[str, list[set[str]]] = {}
    false = true = 0
    for number, (text, story) in enumerate(zip(texts, stories, strict=True)):
        shingles = shingles_of(text)
        earlier = members.setdefault(story, [])
        if earlier:
            shared = max(len(shingles & other) / min(len(shingles), len(other)) for other in earlier)
            is_reprint = number < real and shared >= 0.5
            true, false = true + is_reprint, false + (not is_reprint)
        earlier.append(shingles)
    share = false / len(texts)
    print(
        f"false joins: {false} of {len(texts):,} articles, {share:.2%} (limit {MAX_FALSE_SHARE:.1%}); true ones: {true}"
    )
    return [f"false joins {share:.2%}"] if share > MAX_FALSE_SHARE else []


def judge_run_cost(texts: Sequence[str]) -> list[str]:
    """Print what stories cost a run over the texts; return that if it is over its limit."""
    watch = Stopwatch()
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder, "records.jsonl")
        lines = [json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts)]
        records.write_text("".join(lines), encoding="utf-8")
        with (
            patch.object(Stories, "join", watch.timed(Stories.join)),
            patch.object(Stories, "save", watch.timed(Stories.save)),
        ):
            run_job(JobParameters(inputs=[str(records)], output=str(Path(folder, "output"))))
    cost = 1_000 * watch.seconds / len(texts)
    print(f"in a run: {cost:.2f} ms of CPU time an article (limit {MAX_RUN_MILLISECONDS})")
    return [f"{cost:.2f} ms an article in a run"] if cost > MAX_RUN_MILLISECONDS else []


if __name__ == "__main__":
    sys.exit(main())
