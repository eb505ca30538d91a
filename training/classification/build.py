"""Rebuild a label model, from data to ONNX: `python -m training.classification.build --help`."""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

from training.attribution.build import MODELS, minilm_folder
from training.classification.data import FOLDS

NETWORKS = ("accurate", "compact")
FIRST_STEP = ["--epochs", "3", "--lr", "1e-4", "--head-lr", "1e-3"]
LAST_STEP = ["--epochs", "1", "--lr", "6e-5", "--head-lr", "6e-4", "--thin", "0.3", "--composed-repeats", "3"]
STORIES_STEP = [
    "--epochs", "1", "--lr", "1e-4", "--head-lr", "1e-3", "--thin", "0.5", "--composed-repeats", "1",
    "--stories", "--keep", "0.5", "--seed", "3",
]  # fmt: skip
COMPACT = [
    "--epochs", "6", "--lr", "2e-3", "--head-lr", "2e-3", "--pieces", "3000", "--texts", "20000", "--stories",
]  # fmt: skip
LIGHT_SHARE = 0.3  # of the small network's logits in `accurate`; among the best of six on what was held back


def main() -> None:
    """Train five networks of each kind, each without a fifth of the data, for figures and calibration; then the last.

    MiniLM learns from all but the stories first, then from the stories, too; it is left halfway between, so that it
    does not forget. The last one begins as the first of the five. A small network learns from MiniLM, fold by fold.
    `compact` is the small network, `accurate` the mean of both. What an earlier build left in `--work` is taken as it
    is.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=NETWORKS, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm, work = str(minilm_folder()), options.work
    for fold in [*map(str, range(FOLDS)), "none"]:  # none: what is shipped
        _train(fold, [str(options.data), "--minilm", minilm], work)
    compact = (MODELS if options.model == "compact" else work) / "labels_compact.onnx"
    folds = [str(work / f"compact-{fold}.npz") for fold in range(FOLDS)]
    plan = [str(work / "compact-none.pt"), "--minilm", minilm, "--network", "compact", "--held-back", *folds]
    _run("export", str(compact), *plan)
    if options.model == "accurate":
        folds = [str(_mix(work, fold)) for fold in range(FOLDS)]
        plan = [str(work / "accurate-none.pt"), "--minilm", minilm, "--network", "accurate", "--held-back", *folds]
        mixed = ["--second", str(compact), "--share", str(LIGHT_SHARE)]
        _run("export", str(MODELS / "labels_accurate.onnx"), *plan, *mixed)
    _run("report", *folds)


def _train(fold: str, common: list[str], work: Path) -> None:
    first, accurate, compact = (work / f"{name}-{fold}.pt" for name in ("first", "accurate", "compact"))
    held = [] if fold == "none" else ["--fold", fold]
    begin = FIRST_STEP if held else ["--start", str(work / "first-0.pt"), *LAST_STEP, "--seed", "2"]
    steps = [
        (first, "accurate", begin),
        (accurate, "accurate", ["--start", str(first), *STORIES_STEP]),
        (compact, "compact", [*COMPACT, "--teacher", str(accurate)]),
    ]
    for out, network, plan in steps:
        if not out.exists():
            _run("train", *common, "--network", network, *plan, *held, "--out", str(out))


def _mix(work: Path, fold: int) -> Path:
    """Write the mean of both networks' logits for a fold; return the file."""
    first, second = (np.load(work / f"{network}-{fold}.npz") for network in ("accurate", "compact"))
    mixed = (1 - LIGHT_SHARE) * first["logits"] + LIGHT_SHARE * second["logits"]
    path = work / f"mixed-{fold}.npz"
    np.savez(path, logits=mixed, labels=first["labels"])
    return path


def _run(stage: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.classification.{stage}", *arguments], check=True)


if __name__ == "__main__":
    main()
