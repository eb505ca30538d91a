"""Forms of sentences against gold, and their cost: `python benchmarks/form.py DATA`.

Gold: the sentence types of GUM (Zeldes 2017, dev part, all genres). Sentences that GUM calls `multiple` (two types
joined) or `other` have no form of ours and are left out; those it calls sub, inf or ger are none of the three measured.
Exits with 1 when a figure misses its floor.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from transforms.form import form_of

FORM_OF_LABEL = {
    "q": "question",
    "wh": "question",
    "imp": "imperative",
    "frag": "fragment",
    "intj": "fragment",
}
LEFT_OUT = ("multiple", "other")
FLOORS = {"question": 0.95, "imperative": 0.85}


def main() -> None:
    """Print precision, recall and F1 of each form; exit 1 where one is below its floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    options = parser.parse_args()
    with (options.data / "segmentation" / "gum_stype_dev.jsonl").open(encoding="utf-8") as lines:
        rows = [row for row in map(json.loads, lines) if row["label"] not in LEFT_OUT]
    started = time.process_time()
    found = [form_of(row["text"]) for row in rows]
    seconds = time.process_time() - started
    gold = [FORM_OF_LABEL.get(row["label"], "declarative") for row in rows]
    below = []
    for form in ("question", "imperative", "fragment"):
        right = sum(one == two == form for one, two in zip(found, gold, strict=True))
        precision, recall = right / found.count(form), right / gold.count(form)
        score = 2 * right / (found.count(form) + gold.count(form))
        floor = FLOORS.get(form)
        print(f"{form:11} P {precision:.3f}  R {recall:.3f}  F1 {score:.3f}" + (f"  floor {floor}" if floor else ""))
        below += [f"{form}: {score:.3f} is below {floor}"] if floor and score < floor else []
    print(f"{len(rows)} sentences, {1e6 * seconds / len(rows):.0f} microseconds each")
    sys.exit("\n".join(below) or 0)


if __name__ == "__main__":
    main()
