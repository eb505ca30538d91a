"""Rebuild a label model, from data to ONNX: `python -m training.classification.build --help`."""

import argparse
import subprocess
import sys
from pathlib import Path

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


def main() -> None:
    """Train five models, each without a fifth of the data, for figures and calibration; then the one that is shipped.

    That is the first of the five, taken once more over all data, or for `compact` one from the start. `compact` learns
    from `accurate`, fold by fold.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=PLANS, required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm, work = minilm_folder(), options.work
    common = [str(options.data), "--minilm", str(minilm), "--network", options.model, *PLANS[options.model]]
    for fold in [*map(str, range(FOLDS)), "none"]:  # none: what is shipped
        more = [] if fold == "none" else ["--fold", fold]
        if options.model == "compact":
            more += ["--teacher", str(work / f"accurate-{fold}.pt")]
        elif fold == "none":
            more += ["--start", str(work / "accurate-0.pt"), *LAST_STEP, "--seed", "2"]
        _run("train", *common, *more, "--out", str(work / f"{options.model}-{fold}.pt"))
    folds = [str(work / f"{options.model}-{fold}.npz") for fold in range(FOLDS)]
    export = [str(MODELS / f"labels_{options.model}.onnx"), str(work / f"{options.model}-none.pt")]
    _run("export", *export, "--minilm", str(minilm), "--network", options.model, "--held-back", *folds)
    _run("report", *folds)


def _run(stage: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.classification.{stage}", *arguments], check=True)


if __name__ == "__main__":
    main()
