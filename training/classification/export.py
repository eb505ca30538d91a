"""Write a label model as ONNX with its calibration: `python -m training.classification.export --help`."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from torch.nn import functional as F

from training.attribution.export import EVEN_INPUTS, Int4Embedding, Int8Embedding, blended, in_8_bits
from training.classification.network import Accurate
from training.classification.train import NETWORKS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--network", choices=NETWORKS, required=True)
    parser.add_argument("--held-back", type=Path, nargs="+", required=True, help="logits of the folds, mixed likewise")
    parser.add_argument("--second", type=Path, help="a network already exported, whose logits are mixed in")
    parser.add_argument("--share", type=float, default=0.0, help="of the second's logits in the mean")
    args = parser.parse_args()
    network = NETWORKS[args.network](args.minilm)
    network.load_state_dict(torch.load(args.weights))
    folds = [np.load(path) for path in args.held_back]
    logits, labels = (torch.tensor(np.concatenate([fold[name] for fold in folds])) for name in ("logits", "labels"))
    slopes, offsets = calibrate(logits, labels)
    second = (onnx.load(args.second), args.share) if args.second else None
    export(network, args.out, {"slopes": json.dumps(slopes), "offsets": json.dumps(offsets)}, second)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB, slopes {slopes}, offsets {offsets}")


def calibrate(logits: Tensor, labels: Tensor) -> tuple[list[float], list[float]]:
    """Return slopes and offsets (5 each) that make held-back logits (N, 5) likeliest (Platt 1999; Guo et al. 2017).

    The three claim classes share a slope; labels (N, 4), -1 = not asked.
    """
    slopes, offsets = torch.ones(3, requires_grad=True), torch.zeros(5, requires_grad=True)
    optimiser = torch.optim.LBFGS([slopes, offsets], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimiser.zero_grad()
        scaled = logits * slopes[[0, 0, 0, 1, 2]] + offsets
        classed = labels[:, 0] >= 0
        total = F.cross_entropy(scaled[classed, :3], labels[classed, 0])
        for column in (2, 3):
            asked = labels[:, column] >= 0
            total = total + F.binary_cross_entropy_with_logits(scaled[asked, column + 1], labels[asked, column].float())
        total.backward()
        return total

    optimiser.step(loss)
    rounded = [[round(float(one), 4) for one in part] for part in (slopes.detach()[[0, 0, 0, 1, 2]], offsets.detach())]
    return rounded[0], rounded[1]


def export(
    network: nn.Module, path: Path, metadata: dict[str, str], second: tuple[onnx.ModelProto, float] | None = None
) -> None:
    """Write the graph in 8 bits, MiniLM's embeddings in 4; `second` is an exported network and its share."""
    network.eval()
    accurate = isinstance(network, Accurate)
    owner = network.encoder if accurate else network
    owner.words = (Int4Embedding if accurate else Int8Embedding)(owner.words)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            network, (torch.ones(2, 8, dtype=torch.long),), plain,
            input_names=["ids"], output_names=["logits"],
            dynamic_axes={"ids": {0: "texts", 1: "pieces"}, "logits": {0: "texts"}},
            opset_version=17, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(
            plain, plain, weight_type=QuantType.QInt8, per_channel=accurate,
            op_types_to_quantize=["MatMul"] if accurate else ["LSTM"],
            nodes_to_quantize=_even_matrices(plain) if accurate else None,
        )  # fmt: skip
        model = onnx.load(plain)
    model = in_8_bits(model) if accurate else model
    if second is not None:
        model = blended(model, *second, "logits")
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _even_matrices(path: Path) -> Sequence[str]:
    matrices = [node.name for node in onnx.load(path).graph.node if node.op_type == "MatMul"]
    return [name for name in matrices if any(part in name for part in EVEN_INPUTS)]


if __name__ == "__main__":
    main()
