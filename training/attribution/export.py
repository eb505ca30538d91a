"""Write a trained tagger as one ONNX file: `python -m training.attribution.export --help`."""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnx.compose
import onnx.utils
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer
from torch import Tensor, nn

from training.attribution.data import BEGIN, CHAINS, UNIT
from training.attribution.network import CHAIN_COUNT, TAGS, Light, MiniLM, Tagger

EVEN_INPUTS = ("query", "key", "value", "mix", "widen")  # layers of MiniLM
BLOCK = 128  # weights that share a scale
EMBEDDING_BLOCK = 32
KEPT_OF_LARGEST = (1.0, 0.95, 0.9, 0.85)
INT8_ACTIVATIONS = 4  # of MatMulNBits' accuracy levels


class Int8Embedding(nn.Module):
    """An embedding table as int8 with one scale a row."""

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        scale = table.weight.detach().abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("scale", scale)
        self.register_buffer("rows", (table.weight.detach() / scale).round().to(torch.int8))

    def forward(self, ids: Tensor) -> Tensor:
        return self.rows[ids].float() * self.scale[ids]


class Int4Embedding(nn.Module):
    """An embedding table in 4 bits, two values a byte, with one scale for each 32 values of a row.

    Of some cuts of the largest value, each block takes the one with the least squared error.
    """

    def __init__(self, table: nn.Embedding) -> None:
        super().__init__()
        blocks = table.weight.detach().unflatten(1, (-1, EMBEDDING_BLOCK))
        largest = blocks.abs().amax(-1, keepdim=True).clamp(min=1e-8)
        scales = torch.stack([largest * part / 7 for part in KEPT_OF_LARGEST])
        values = (blocks / scales).round().clamp(-8, 7)
        best = ((values * scales - blocks) ** 2).sum(-1, keepdim=True).argmin(0, keepdim=True)
        even, odd = (values.gather(0, best.expand_as(values[:1]))[0].flatten(1) + 8).unflatten(1, (-1, 2)).unbind(-1)
        self.register_buffer("scales", scales.gather(0, best)[0].half())
        self.register_buffer("rows", (even * 16 + odd).to(torch.uint8))

    def forward(self, ids: Tensor) -> Tensor:
        pairs = self.rows[ids].float()
        even = torch.floor(pairs / 16)
        values = torch.stack([even, pairs - 16 * even], -1).flatten(-2) - 8
        return (values.unflatten(-1, (-1, EMBEDDING_BLOCK)) * self.scales[ids].float()).flatten(-2)


class Words(nn.Module):
    """The tagger as the product calls it: emissions as (B, W, chains, tags)."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.tagger = tagger

    def forward(self, ids: Tensor, features: Tensor, firsts: Tensor) -> tuple[Tensor, Tensor]:
        emissions, links = self.tagger(ids, features, firsts)
        return emissions.unflatten(-1, (CHAIN_COUNT, TAGS)), links


def averaged(weights: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Return the mean weights of networks fine-tuned from one (Wortsman et al. 2022, Model soups).

    Linking heads start at random, each with axes of its own: the last network's is taken as it is.
    """
    kept = ("link.", "linker.")
    return {
        name: last if name.startswith(kept) else torch.stack([one[name] for one in weights]).mean(0)
        for name, last in weights[-1].items()
    }


def constants(tagger: Tagger) -> dict[str, np.ndarray]:
    """Return what the product needs beside the graph: transition scores and the linking head."""
    start, end, step = (part.detach().numpy() for part in tagger.crf.scores())
    found = {"crf_start": start, "crf_end": end, "crf_step": step}
    for part in ("left", "right", "pair", "out", "none"):
        for relation, layer in enumerate(getattr(tagger.linker, part)):
            found[f"link_{part}_{relation}_weight"] = layer.weight.detach().numpy()
            found[f"link_{part}_{relation}_bias"] = layer.bias.detach().numpy()
    return {name: array.astype(np.float32) for name, array in found.items()}


def export(
    tagger: Tagger,
    path: Path,
    *,
    metadata: dict[str, str],
    content_cost: float = 0.0,
    second: tuple[onnx.ModelProto, float] | None = None,
) -> None:
    """Write the graph, in 8 bits (MiniLM's embeddings: 4), with the constants as further outputs.

    `content_cost` is taken off the score of each content's first word: more of it gives fewer contents, more of which
    are right. `second` is an exported network and its share of the emissions.
    """
    tagger.eval()
    with torch.no_grad():
        for tag in (BEGIN, UNIT):
            tagger.emit.bias[CHAINS.index((0, "content")) * TAGS + tag] -= content_cost
    is_light = isinstance(tagger.encoder, Light)
    tagger.encoder.words = (Int8Embedding if is_light else Int4Embedding)(tagger.encoder.words)
    example = (
        torch.ones(2, 8, dtype=torch.long),
        torch.zeros(2, 8, 3, dtype=torch.long),
        torch.zeros(2, 5, dtype=torch.long),
    )
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            Words(tagger), example, plain,
            input_names=["ids", "features", "firsts"], output_names=["emissions", "links"],
            dynamic_axes={
                "ids": {0: "batch", 1: "pieces"}, "features": {0: "batch", 1: "pieces"},
                "firsts": {0: "batch", 1: "words"},
                "emissions": {0: "batch", 1: "words"}, "links": {0: "batch", 1: "words"},
            },
            opset_version=17, dynamo=False,
        )  # fmt: skip
        if is_light:  # LSTM layers have no blocks; scales for whole matrices cost .2 points
            quantize_dynamic(plain, plain, op_types_to_quantize=["LSTM", "MatMul", "Gemm"], weight_type=QuantType.QInt8)
            model = onnx.load(plain)
        else:
            matrices = [node.name for node in onnx.load(plain).graph.node if node.op_type == "MatMul"]
            plain_inputs = [name for name in matrices if any(part in name for part in EVEN_INPUTS)]
            quantize_dynamic(
                plain,
                plain,
                op_types_to_quantize=["MatMul"],
                weight_type=QuantType.QInt8,
                per_channel=True,
                nodes_to_quantize=plain_inputs,
            )
            model = in_8_bits(onnx.load(plain))
    for name, array in constants(tagger).items():
        model.graph.initializer.append(numpy_helper.from_array(array, f"{name}_value"))
        model.graph.node.append(helper.make_node("Identity", [f"{name}_value"], [name]))
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, array.shape))
    if second is not None:
        model = blended(model, *second, "emissions")
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def in_8_bits(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the graph with the matrices that are left in 8 bits; weights and inputs have one scale a block of 128.

    What follows a GELU has a few large values: one scale for all of it costs 1.2 points of statement+source F1. The
    other inputs are even, and one scale for each, with one per column of weights, costs none and takes less time.
    """
    config = DefaultWeightOnlyQuantConfig(block_size=BLOCK, is_symmetric=True, accuracy_level=INT8_ACTIVATIONS, bits=8)
    quantizer = MatMulNBitsQuantizer(model, algo_config=config)
    quantizer.process()
    return quantizer.model.model


def blended(model: onnx.ModelProto, second: onnx.ModelProto, share: float, output: str) -> onnx.ModelProto:
    """Return a graph one output of which is the mean of two networks', `share` of it the second's.

    Networks of different kinds err in different places: the mean of their scores is better than either. What else
    there is stays the first's.
    """
    inputs = [value.name for value in model.graph.input]
    part = onnx.utils.Extractor(second).extract_model(inputs, [output])
    prefixed = onnx.compose.add_prefix(part, "second/")
    shared = {f"second/{name}": name for name in inputs}
    for node in prefixed.graph.node:
        node.input[:] = [shared.get(name, name) for name in node.input]
    for node in model.graph.node:
        node.output[:] = [f"first/{output}" if name == output else name for name in node.output]
    model.graph.node.extend(prefixed.graph.node)
    model.graph.initializer.extend(prefixed.graph.initializer)
    for name, weight in (("first", 1 - share), ("second", share)):
        model.graph.initializer.append(numpy_helper.from_array(np.float32(weight), f"{name}/share"))
        model.graph.node.append(helper.make_node("Mul", [f"{name}/{output}", f"{name}/share"], [f"{name}/part"]))
    model.graph.node.append(helper.make_node("Add", ["first/part", "second/part"], [output]))
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--network", choices=("minilm", "light"), required=True)
    parser.add_argument("--window", type=int, default=256, help="word pieces")
    parser.add_argument("--max-words", type=int, required=True, help="words of an article that are read")
    parser.add_argument("--batch", type=int, default=1536, help="word pieces that are read at once")
    parser.add_argument("--second", type=Path, help="a network already exported, whose emissions are mixed in")
    parser.add_argument("--share", type=float, default=0.0, help="of the second's emissions in the mean")
    parser.add_argument("--content-cost", type=float, default=0.0, help="what the dev articles chose")
    parser.add_argument("--calibration", type=json.loads, default=None, help="coefficients of attribution_score")
    args = parser.parse_args()
    tagger = Tagger(MiniLM(args.minilm) if args.network == "minilm" else Light(args.minilm))
    tagger.load_state_dict(torch.load(args.weights))
    metadata = {"window": str(args.window), "batch": str(args.batch), "max_words": str(args.max_words)}
    if args.calibration:
        metadata["calibration"] = json.dumps(args.calibration)
    second = (onnx.load(args.second), args.share) if args.second else None
    export(tagger, args.out, metadata=metadata, content_cost=args.content_cost, second=second)
    print(f"{args.out}: {args.out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
