"""The labels of outlook that the models learn from: what two readers of a story agree on."""

import json
import re

import pytest

from training.attribution.passages import FOLDER, read_passages
from training.classification.data import OUTLOOK, sentences_ahead

STORY = "The bridge closed. It may stay shut.\nWork begins in May. Ok. Critics fear the worst, he said."
AHEAD = (19, 36)  # It may stay shut.
PLAN = (37, 56)  # Work begins in May.


@pytest.mark.parametrize(
    ("labels", "ahead"),
    [
        ([], {}),
        ([(*AHEAD, "EE"), (*PLAN, "PE")], {"It may stay shut.": True, "Work begins in May.": True}),
        ([(*AHEAD, "FF"), (*PLAN, "F-")], {}),
        ([(*AHEAD, "E-")], {"It may stay shut.": None}),
        ([(*AHEAD, "EF"), (*PLAN, "PP")], {"It may stay shut.": None, "Work begins in May.": True}),
    ],
)
def test_a_sentence_is_taught_as_both_readers_see_it(
    labels: list[tuple[int, int, str]], ahead: dict[str, bool | None]
) -> None:
    sentences = ["The bridge closed.", "It may stay shut.", "Work begins in May.", "Critics fear the worst, he said."]
    taught = {one.text: one.forward_looking for one in sentences_ahead(STORY, labels)}
    assert taught == {one: ahead.get(one, False) for one in sentences if ahead.get(one, False) is not None}


def test_labels_of_composed_stories_stand_at_their_sentences() -> None:
    texts = {passage["id"]: passage["text"] for path in FOLDER.glob("*.txt") for passage in read_passages(path)}
    stories = {row["story"]: row["labels"] for row in map(json.loads, OUTLOOK.read_text().splitlines())}
    assert texts.keys() <= stories.keys()
    for story in texts:
        for start, end, letters in stories[story]:
            sentence = texts[story][start:end]
            assert sentence == sentence.strip() != "", (story, start)
            assert re.fullmatch("[EPF-]{2}", letters), (story, letters)
