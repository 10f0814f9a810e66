"""Where configurations and parts of a network hide: as text, beside the weights, in arguments of constructors."""

import collections
import dataclasses
import json
import pprint

import numpy
import torch

from configurations import LNPRE, PLAIN, AttributeDict, Frozen, attached
from formats import archived, listed, tensors
from kinds import Call, Holder, in_mine, mine, saved
from network import ATTN, D, H, N, count, mlp, network

Settings = in_mine(collections.namedtuple("Settings", list(PLAIN)))
Setup = in_mine(dataclasses.make_dataclass("Setup", [(k, object) for k in PLAIN], slots=True))
TEXT = json.dumps(LNPRE)

# A configuration as text, in ways that people write one.
TEXTS = {
    "repr": repr(LNPRE),
    "pprint": "HookedTransformerConfig:\n" + pprint.pformat(LNPRE),
    "yaml": "\n".join(f"{k}: {v}" for k, v in LNPRE.items()),
    "nan": TEXT[:-1] + ', "best_loss": NaN}',
    "array": f"[{TEXT}]",
    "in-array": json.dumps({"models": [LNPRE]}),
    "in-json": json.dumps({"model": TEXT}),
    "indented": json.dumps(LNPRE, indent=1),
    "long": json.dumps(LNPRE | {"notes": "x" * 70_000}),
    "byte-order-mark": "\ufeff" + TEXT,
    "twice": '{"normalization_type": null, ' + TEXT[1:],
}


def nested(value, depth):
    for _ in range(depth):
        value = {"inner": value}
    return value


def add_texts(folder):
    w = network()
    truth = count(w, norm="LNPre")
    for name, text in TEXTS.items():
        note = "a configuration of LNPre as text"
        folder.add(f"text-{name}.pt", saved({"model": w, "config": text}), truth, "refuses", [], note)
        folder.add(f"text-{name}.safetensors", tensors(w, {"hparams": text}), truth, "refuses", [], note)
        data = json.dumps({"model": listed(w), "config": text}).encode()
        folder.add(f"text-{name}.json", data, truth, "refuses", [], note)
    for protocol in range(6):
        for name, value in [
            ("text", TEXTS["indented"]),
            ("bytes", TEXT.encode()),
            ("byte-array", bytearray(TEXT.encode())),
        ]:
            data = saved({"model": w, "config": value}, pickle_protocol=protocol, _use_new_zipfile_serialization=False)
            folder.add(
                f"text-{name}-protocol-{protocol}.pt", data, truth, "refuses", [], "JSON of LNPre by that protocol"
            )
    for name, fields, truth, right in [
        ("fields", {k: str(v) for k, v in LNPRE.items()}, truth, "refuses"),
        ("plain-fields", {k: str(v) for k, v in PLAIN.items()}, count(w), "reads"),
        ("config", {"config": TEXT}, truth, "refuses"),
    ]:
        folder.add(f"text-{name}-metadata.safetensors", tensors(w, fields), truth, right, [], "str(value) as metadata")


def add_values(folder):
    w = network()
    undivided, half = count(w, scale=1.0), count(w, scale=0.5)
    for name, fields, truth in [
        ("clip-zero", {"clip_qkv": 0.0}, None),
        ("clip-negative", {"clip_qkv": -1.0}, None),
        ("use-scale-none", {"use_attn_scale": None}, undivided),
        ("use-scale-zero", {"use_attn_scale": 0}, undivided),
        ("use-scale-empty", {"use_attn_scale": ""}, undivided),
        ("use-scale-numpy", {"use_attn_scale": numpy.bool_(False)}, undivided),
        ("scale-true", {"attn_scale": True}, undivided),
        ("scale-float16", {"attn_scale": numpy.float16(0.5)}, half),
    ]:
        right, mention = ("refuses" if truth is None else "either"), ["|".join(fields)]
        data = saved({"model": w, "config": PLAIN | fields})
        folder.add(f"value-{name}.pt", data, truth, right, mention, "what Python takes for true, and what is not None")
        if not isinstance(next(iter(fields.values())), numpy.generic):
            data = tensors(w, {"config": json.dumps(PLAIN | fields)})
            folder.add(f"value-{name}.safetensors", data, truth, right, mention, "the same fields as JSON")
    for fields in [
        {"nhead": 2},
        {"heads": 4},
        {"depth": 2},
        {"num_blocks": 2},
        {"causal": False},
        {"norm_first": True},
        {"dim_feedforward": 16},
        {"rope_theta": 1e4},
        {"ln": True},
        {"pos_emb": "rotary"},
        {"layers": 2},
    ]:
        (name,) = fields
        folder.add(
            f"value-word-{name}.pt",
            saved({"model": w, "config": {"lr": 1e-3} | fields}),
            None,
            "refuses",
            [name],
            "words of other libraries",
        )


def add_places(folder):
    w, layer = network(), mlp()
    plain, local, pre = count(w), count(w, window=2), count(w, norm="LNPre")
    bias = w["unembed.b_U"]
    rest = {k: x for k, x in w.items() if k != "unembed.b_U"}
    window = torch.ones(N, N).tril().triu(-1).bool()
    made = lambda function, *arguments, items=None: Made(function, arguments, None, None, items)
    for name, value, truth, right, mention in [
        ("buffers", {"model": w, "buffers": {ATTN + "mask": window}}, local, "refuses", ["mask|buffers"]),
        (
            "parameters-and-buffers",
            {"parameters": w, "buffers": {ATTN + "mask": window}},
            local,
            "refuses",
            ["mask|buffers"],
        ),
        ("mask", {"model": w, ATTN + "mask": window}, local, "refuses", ["mask"]),
        ("bias", {"model": rest, "unembed.b_U": bias}, plain, "either", ["b_U"]),
        ("bias-numpy", {"model": rest, "unembed.b_U": bias.numpy()}, plain, "either", ["b_U"]),
        ("bias-list", {"model": rest, "unembed.b_U": bias.tolist()}, plain, "either", ["b_U"]),
        ("bias-sparse", {"model": rest, "unembed.b_U": bias.to_sparse()}, plain, "either", ["b_U"]),
        ("biases", {"model": rest, "biases": {"unembed.b_U": bias}}, plain, "either", ["b_U|biases"]),
        ("biases-list", {"model": rest, "biases": {"unembed.b_U": bias.tolist()}}, plain, "either", ["b_U|biases"]),
        ("mlp", {"model": w, "mlp": {"W_in": layer["blocks.0.mlp.W_in"]}}, None, "refuses", ["mlp"]),
        ("mlp-numpy", {"model": w, "mlp": {k: x.numpy() for k, x in layer.items()}}, None, "refuses", ["mlp"]),
        ("mlp-lists", {"model": w, "mlp": listed(layer)}, None, "refuses", ["mlp"]),
        ("mlp-in-list", {"model": w, "extra": [layer]}, None, "refuses", ["mlp|extra"]),
        ("norm", {"model": w, "ln_final": torch.nn.LayerNorm(D)}, None, "refuses", ["ln_final"]),
        (
            "adapter",
            {"model": w, "lora": {ATTN + "W_Q.lora_A": torch.ones(D, 1), ATTN + "W_Q.lora_B": torch.ones(1, H)}},
            None,
            "refuses",
            ["lora"],
        ),
        ("delta", {"model": w, "delta": {k: x / 2 for k, x in w.items()}}, None, "refuses", ["delta"]),
        ("entry-params", w | {"params": layer}, None, "refuses", ["mlp|params"]),
        ("entry-config", w | {"config": layer}, None, "refuses", ["mlp|config"]),
        ("entry-history", w | {"history": layer}, None, "refuses", ["mlp|history"]),
        ("entry-metadata", w | {"_metadata": [layer]}, None, "refuses", ["mlp|_metadata"]),
        ("attribute-bias", attached(rest, **{"unembed.b_U": bias}), plain, "either", ["b_U"]),
        ("attribute-mlp", attached(w, mlp=layer), None, "refuses", ["mlp"]),
        ("pairs", made(collections.OrderedDict, [[k, x] for k, x in w.items()]), plain, "either", []),
        (
            "arguments-ordered",
            made(collections.OrderedDict, [[k, x] for k, x in layer.items()], items=w),
            None,
            "refuses",
            [],
        ),
        ("arguments-default", made(collections.defaultdict, int, layer, items=w), None, "refuses", []),
        ("arguments-counter", made(collections.Counter, layer, items=w), None, "refuses", []),
        ("arguments-dict", {"model": made(dict, layer, items=w)}, None, "refuses", []),
        ("arguments-subclass", made(AttributeDict, layer, items=w), None, "refuses", []),
        (
            "twice",
            made(dict, items=[*w.items(), ("unembed.b_U", bias * 0)]),
            count(w | {"unembed.b_U": bias * 0}),
            "either",
            ["b_U"],
        ),
        ("model-twice", made(dict, items=[("model", w), ("model", rest)]), count(rest), "either", ["model"]),
        ("config-deque", {"model": w, "runs": collections.deque([LNPRE])}, pre, "refuses", []),
        ("config-set", {"model": w, "runs": {Frozen(**LNPRE)}}, pre, "refuses", []),
        ("config-namedtuple", {"model": w, "settings": Settings(**LNPRE)}, pre, "refuses", []),
        ("config-slotted", {"model": w, "setup": Setup(**LNPRE)}, pre, "refuses", []),
        ("config-user-dict", {"model": w, "config": collections.UserDict(LNPRE)}, pre, "refuses", ["LNPre"]),
        ("config-chain", {"model": w, "config": collections.ChainMap({}, LNPRE)}, pre, "refuses", ["LNPre"]),
        ("config-default", {"model": w, "config": collections.defaultdict(int, LNPRE)}, pre, "refuses", ["LNPre"]),
        ("config-argument", {"model": w, "config": made(AttributeDict, LNPRE)}, pre, "refuses", ["LNPre"]),
        ("config-list-items", {"model": w, "config": Made(list, (), None, [LNPRE])}, pre, "refuses", []),
        ("config-integer-key", {"model": w, 3: LNPRE}, pre, "refuses", []),
        ("config-deep", {"model": w, "run": nested(LNPRE, 12)}, pre, "refuses", []),
        ("config-call", {"model": w, "make": Holder(Call(mine_function, LNPRE))}, pre, "refuses", []),
    ]:
        folder.add(
            f"place-{name}.pt", saved(value), truth, right, mention, "a part of the network or its configuration there"
        )
    for name, value, truth, mention in [
        ("config-in-list", {"model": listed(w), "history": [{"config": LNPRE}]}, pre, []),
        ("config-deep", {"model": listed(w), "run": nested(LNPRE, 12)}, pre, []),
        ("mlp", {"model": listed(w), "mlp": listed(layer)}, None, ["mlp"]),
        ("bias", {"model": listed(rest), "unembed.b_U": bias.tolist()}, plain, ["b_U"]),
        ("buffers", {"model": listed(w), "buffers": {ATTN + "mask": window.tolist()}}, local, ["mask|buffers"]),
    ]:
        right = "either" if name == "bias" else "refuses"
        folder.add(f"place-{name}.json", json.dumps(value).encode(), truth, right, mention, "there, in JSON")
    arrays = {k: x.numpy() for k, x in w.items()}
    for name, value in [("bytes", numpy.frombuffer(TEXT.encode(), numpy.uint8)), ("list", numpy.array([TEXT]))]:
        folder.add(
            f"place-config-{name}.npz", archived(arrays | {"config": value}), pre, "refuses", ["config"], "JSON there"
        )


class Made:
    """A value that is pickled as given to `__reduce__`: function, arguments, state, list items, dictionary items."""

    def __init__(self, function, arguments, state=None, items=None, entries=None):
        entries = entries.items() if isinstance(entries, dict) else entries
        self.parts = function, arguments, state, items and iter(items), entries and iter(entries)

    def __reduce__(self):
        return self.parts


def mine_function(value):
    """A function that no reader knows."""
    return value


mine_function.__module__ = "mine"
mine.mine_function = mine_function


def add_all(folder):
    add_texts(folder)
    add_values(folder)
    add_places(folder)
