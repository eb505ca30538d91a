"""Rebuild a label model, from data to ONNX: `python -m training.classification.build --help`."""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np

from training.attribution.build import MODELS, minilm_folder
from training.classification.data import FOLDS

PLANS = {
    "accurate": ["--epochs", "3", "--lr", "1e-4", "--head-lr", "1e-3"],
    "compact": [
        "--epochs", "6", "--lr", "2e-3", "--head-lr", "2e-3", "--pieces", "3000",
        "--texts", "20000", "--composed-repeats", "3",
    ],
}  # fmt: skip
LAST_STEP = ["--epochs", "1", "--lr", "6e-5", "--head-lr", "6e-4", "--thin", "0.3", "--composed-repeats", "3"]


LIGHT_SHARE = 0.2  # of the small network's logits in `accurate`; the best of six on ClaimBuster's held-back folds


def main() -> None:
    """Train five networks of each kind, each without a fifth of the data, for figures and calibration; then the last.

    That is MiniLM's first of the five, taken once more over all data, and a small one from the start, which learns from
    MiniLM, fold by fold. `compact` is the small network, `accurate` the mean of both. What an earlier build left in
    `--work` is taken as it is.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=PLANS, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm, work = str(minilm_folder()), options.work
    for network in PLANS:
        _train(network, [str(options.data), "--minilm", minilm], work)
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


def _train(network: str, common: list[str], work: Path) -> None:
    for fold in [*map(str, range(FOLDS)), "none"]:  # none: what is shipped
        out = work / f"{network}-{fold}.pt"
        more = [] if fold == "none" else ["--fold", fold]
        if network == "compact":
            more += ["--teacher", str(work / f"accurate-{fold}.pt")]
        elif fold == "none":
            more += ["--start", str(work / "accurate-0.pt"), *LAST_STEP, "--seed", "2"]
        if not out.exists():
            _run("train", *common, "--network", network, *PLANS[network], *more, "--out", str(out))


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
