"""Speakers against gold: `python benchmarks/speakers.py GOLD.jsonl [--errors]`.

Each line of the file is one passage: {id, text, attributions: [{source, cue, content, speaker, type}]}, the first three
of an attribution lists of [start, end]. The resolver is given the gold mentions and contents; its speakers are judged.

A speaker is right if it has the gold speaker's name after folding (titles and "the", "a" aside; casefolded letters
and digits only). An unnamed gold speaker ("one user", "residents") has no such name: there the speaker is right if its
first mention is the gold speaker's first mention, so that it neither swallows another one nor falls apart. A gold
speaker labelled unresolved is right if the resolver says so too. "Another", "one", "a second" start a speaker of their
own, whatever their label.

- names: sourced mentions that hold a part of their named speaker's name
- descriptions: all other sourced mentions: pronouns, descriptions, unnamed speakers
- types: the type of the speaker, sourced mentions only
- unsourced: quotations without a source, "none" where gold has nobody

Exits with 1 when a figure misses its floor; floors are held for benchmarks/gold/passages.jsonl only.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from schemas.records import Block, Speaker
from transforms.names import fold, strip_titles
from transforms.speakers import Mention, resolve_speakers

GOLD_FILE = Path(__file__).resolve().parent / "gold" / "passages.jsonl"
FLOORS = {"names": 0.99, "descriptions": 0.90, "types": 0.96}
OPENING_QUOTES = "“\"‘'«„"
NEW_SPEAKER = re.compile(r"(?i)(?:another|one|an?|some|a (?:second|third|fourth|fifth))\b")  # another user


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One gold attribution with the speaker found for it."""

    passage: str
    source: str
    gold: str
    gold_type: str
    found: Speaker | None
    measure: str  # names, descriptions, unsourced
    right: bool

    @property
    def right_type(self) -> bool:
        """Whether the type of the speaker is the gold one."""
        return (self.found.speaker_type if self.found else "none") == self.gold_type


def paragraphs(text: str) -> list[Block]:
    """Return the paragraphs of a passage: what blank lines part."""
    found = re.finditer(r"\S(?:.*\S)?", text)
    return [Block(kind="paragraph", start_char=match.start(), end_char=match.end()) for match in found]


def is_named(attribution: dict[str, Any]) -> bool:
    """Return whether a gold speaker is known by name: "Ann Lee", not "one user", "The company"."""
    words = re.findall(r"\w+", attribution["speaker"])
    own = [word for word in words if word.lower() not in {"the", "a", "an"}]
    capital = any(word[0].isupper() for word in own[words[:1] != own[:1] and len(own) > 1 :])
    return capital and attribution["type"] in {"person", "organisation"}


def is_quoted(text: str, content: list[list[int]]) -> bool:
    """Return whether a content stands in quotation marks, at least partly."""
    start, end = content[0][0], content[-1][1]
    return text[start - 1 : start] in tuple(OPENING_QUOTES) or bool(re.search('[“”"]', text[start:end]))


def read_mentions(passage: dict[str, Any]) -> tuple[list[dict[str, Any]], list[Mention]]:
    """Return the gold attributions in text order, and what the resolver is given of each."""
    text = passage["text"]
    ordered = sorted(passage["attributions"], key=lambda a: (a["content"][0][0], -a["content"][-1][1]))
    mentions: list[Mention] = []
    for one, before in zip(ordered, [None, *ordered], strict=False):
        start, end = one["content"][0][0], one["content"][-1][1]
        quoted = is_quoted(text, one["content"])
        gap = text[before["content"][-1][1] : start] if before and not one["source"] else ""
        goes_on = bool(gap and before and before["source"] and quoted and "\n" not in gap and not one["cue"])
        source = tuple(one["source"][0]) if one["source"] else None
        mentions.append(Mention(source=source, content=(start, end), quoted=quoted, goes_on=goes_on))
    return ordered, mentions


def judge(passage: dict[str, Any]) -> Iterator[Judged]:
    """Yield the attributions of a passage with what was found and whether it is right."""
    text = passage["text"]
    ordered, mentions = read_mentions(passage)
    ids, speakers = resolve_speakers(passage["id"], text, paragraphs(text), mentions)
    by_id = {speaker.speaker_id: speaker for speaker in speakers}
    first_gold: dict[str, int] = {}
    first_found: dict[str | None, int] = {}
    spans: set[tuple[int, int] | None] = {None}
    for i, (one, mention) in enumerate(zip(ordered, mentions, strict=True)):
        source = text[slice(*mention.source)] if mention.source else ""
        found = by_id.get(ids[i] or "")
        key = fold(one["speaker"])
        if NEW_SPEAKER.match(source) and not is_named(one) and mention.source not in spans:
            first_gold[key] = i
        spans.add(mention.source)
        gold_first, found_first = first_gold.setdefault(key, i), first_found.setdefault(ids[i], i)
        name = one["speaker"]
        if is_named(one):
            right = bool(found and found.name and plain_name(found.name) == plain_name(name))
        elif one["type"] in {"none", "unresolved"}:
            right = (found.speaker_type if found else "none") == one["type"]
        else:
            right = gold_first == found_first and found is not None
        shares = is_named(one) and {fold(w) for w in source.split() if w[0].isupper()} & {*map(fold, name.split())}
        measure = "unsourced" if not source else "names" if shares else "descriptions"
        yield Judged(
            passage=passage["id"], source=source, gold=one["speaker"], gold_type=one["type"], found=found,
            measure=measure, right=right,
        )  # fmt: skip


def plain_name(name: str) -> str:
    """Return what names are compared by: no titles, no nickname in quotation marks, letters and digits only."""
    return fold(strip_titles(re.sub('[“"‘].*?[”"’] ', "", name)))


def share(outcomes: list[bool]) -> float:
    """Return the share of true outcomes, 1 of none."""
    return sum(outcomes) / len(outcomes) if outcomes else 1.0


def main() -> int:
    """Print the figures and return 1 if one misses its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="?", default=GOLD_FILE)
    parser.add_argument("--errors", action="store_true", help="print every wrong speaker and type")
    arguments = parser.parse_args()
    passages = [json.loads(line) for line in arguments.gold.read_text(encoding="utf-8").split("\n") if line]
    started = time.process_time()
    judged = [one for passage in passages for one in judge(passage)]
    seconds = time.process_time() - started
    figures = {name: [one.right for one in judged if one.measure == name] for name in ("names", "descriptions")}
    figures["types"] = [one.right_type for one in judged if one.source]
    figures["unsourced"] = [one.right for one in judged if one.measure == "unsourced"]
    if arguments.errors:
        for one in judged:
            found = (one.found.name, one.found.speaker_type) if one.found else None
            if not one.right or (one.source and not one.right_type):
                label = "type" if one.right else one.measure
                print(f"{one.passage} {label}: {one.source!r} is {one.gold!r} {one.gold_type}; found {found}")
    for name, outcomes in figures.items():
        print(f"{name:13} {share(outcomes):.3f}  of {len(outcomes)}")
    print(f"{len(passages)} passages, {1000 * seconds / max(1, len(passages)):.2f} ms each")
    held = FLOORS if arguments.gold.resolve() == GOLD_FILE else {}
    missed = {name: floor for name, floor in held.items() if share(figures[name]) < floor}
    for name, floor in missed.items():
        print(f"{name} misses its floor {floor}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
