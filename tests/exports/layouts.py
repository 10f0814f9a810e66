"""Checkpoints of every layout: configurations, masks, prefixes, containers, keys, protocols, whole modules."""

import argparse
import collections
import dataclasses
import json
import pathlib
import tempfile
import types

import numpy
import torch

from kinds import Holder, in_mine, mine, saved
from network import ATTN, D, H, N, V, count, logits, mlp, network

PLAIN = {
    "n_layers": 1, "d_model": D, "n_ctx": N, "d_head": H, "model_name": "custom", "n_heads": 1, "d_mlp": None,
    "act_fn": None, "d_vocab": V, "eps": 1e-5, "use_attn_result": False, "use_attn_scale": True, "attn_scale": 2.0,
    "use_split_qkv_input": False, "use_hook_mlp_in": False, "use_attn_in": False, "use_qk_norm": False,
    "use_local_attn": False, "ungroup_grouped_query_attention": False, "original_architecture": None,
    "from_checkpoint": False, "checkpoint_index": None, "checkpoint_label_type": None, "checkpoint_value": None,
    "tokenizer_name": None, "window_size": None, "attn_types": None, "init_mode": "gpt2", "normalization_type": None,
    "device": "cpu", "n_devices": 1, "attention_dir": "causal", "attn_only": True, "seed": 5,
    "initializer_range": 0.4, "init_weights": True, "scale_attn_by_inverse_layer_idx": False,
    "positional_embedding_type": "standard", "final_rms": False, "d_vocab_out": V, "parallel_attn_mlp": False,
    "rotary_dim": None, "n_params": 64, "use_hook_tokens": False, "gated_mlp": False, "default_prepend_bos": True,
    "dtype": "torch.float32", "tokenizer_prepends_bos": None, "n_key_value_heads": None, "post_embedding_ln": False,
    "rotary_base": 10000, "rotary_base_local": None, "trust_remote_code": False, "rotary_adjacent_pairs": False,
    "load_in_4bit": False, "num_experts": None, "experts_per_token": None, "relative_attention_max_distance": None,
    "relative_attention_num_buckets": None, "decoder_start_token_id": None, "tie_word_embeddings": False,
    "use_normalization_before_and_after": False, "attn_scores_soft_cap": -1.0, "output_logits_soft_cap": -1.0,
    "use_NTK_by_parts_rope": False, "NTK_by_parts_low_freq_factor": 1.0, "NTK_by_parts_high_freq_factor": 4.0,
    "NTK_by_parts_factor": 8.0, "NTK_original_ctx_len": 8192,
}
LNPRE = PLAIN | {"normalization_type": "LNPre"}

# Fields that change the function of the same weights, or deny their shapes: the changed fields, and how to count.
CHANGING = [
    ({"normalization_type": "LN"}, None), ({"normalization_type": "LNPre"}, {"norm": "LNPre"}),
    ({"normalization_type": "RMS"}, None), ({"normalization_type": "RMSPre"}, {"norm": "RMSPre"}),
    ({"final_rms": True, "normalization_type": "LNPre"}, None),
    ({"positional_embedding_type": "shortformer"}, {"positions": "shortformer"}),
    ({"positional_embedding_type": "alibi"}, {"positions": "alibi"}), ({"positional_embedding_type": "rotary"}, None),
    ({"positional_embedding_type": "relative_positional_bias"}, None), ({"positional_embedding_type": "none"}, None),
    ({"use_local_attn": True, "window_size": 2, "attn_types": ["local"]}, {"window": 2}),
    ({"attn_scores_soft_cap": 1.0}, {"attn_cap": 1.0}), ({"output_logits_soft_cap": 30.0}, {"cap": 30.0}),
    ({"attn_only": False, "d_mlp": 16, "act_fn": "relu"}, None), ({"n_layers": 2}, None), ({"n_layers": 0}, None),
    ({"n_heads": 2}, None), ({"n_heads": 4, "d_head": 1}, None), ({"n_key_value_heads": 2}, None),
    ({"d_model": 8}, None), ({"d_head": 2}, None), ({"n_ctx": 4}, None), ({"n_ctx": 2}, None), ({"d_vocab": 7}, None),
    ({"d_vocab_out": 7}, None), ({"post_embedding_ln": True}, None), ({"use_qk_norm": True}, None),
    ({"load_in_4bit": True}, None), ({"num_experts": 4, "experts_per_token": 2, "attn_only": False}, None),
    ({"tie_word_embeddings": True}, None), ({"clip_qkv": 1.0}, None), ({"use_logn_attn": True}, None),
    ({"use_attention_sinks": True}, None), ({"parallel_attn_mlp": True}, None), ({"scale_embedding": True}, None),
    ({"attention_dir": "bidirectional"}, {"causal": False}), ({"attention_dir": "backwards"}, None),
    ({"a_field_of_the_future": True}, None),
]
# Fields that leave it as it is.
HARMLESS = [
    {}, {"seed": None}, {"device": "cuda"}, {"n_devices": 2}, {"init_mode": "xavier_normal"}, {"model_name": "max-of-3"},
    {"tokenizer_name": "gpt2"}, {"default_prepend_bos": False}, {"use_hook_mlp_in": True}, {"use_attn_result": True},
    {"use_split_qkv_input": True}, {"use_hook_tokens": True}, {"eps": 1e-6}, {"d_mlp": 16, "act_fn": "relu"},
    {"scale_attn_by_inverse_layer_idx": True}, {"n_key_value_heads": 1}, {"attn_scale": -1.0}, {"attn_scale": 2},
    {"attn_scale": numpy.float64(2)}, {"attn_scale": numpy.float32(2)}, {"dtype": torch.float32},
    {"dtype": torch.float64}, {"attn_scores_soft_cap": 0.0}, {"attn_scores_soft_cap": None}, {"n_heads": numpy.int64(1)},
    {"rotary_base": 500}, {"window_size": 2}, {"use_local_attn": True, "window_size": 2, "attn_types": ["global"]},
    {"use_local_attn": True, "window_size": 3, "attn_types": ["local"]}, {"trust_remote_code": True},
    {"device": torch.device("cpu")}, {"original_architecture": "GPT2LMHeadModel"}, {"from_checkpoint": True},
]
# Other scales, which are one factor.
SCALES = [
    ({"attn_scale": 0.5}, 0.5), ({"attn_scale": 1}, 1.0), ({"attn_scale": numpy.sqrt(3)}, 3**0.5),
    ({"attn_scale": numpy.float32(0.1)}, float(numpy.float32(0.1))), ({"use_attn_scale": False}, 1.0),
    ({"use_attn_scale": False, "attn_scale": -1.0}, 1.0), ({"attn_scale": torch.tensor(0.5)}, 0.5),
    ({"attn_scale": numpy.array(0.5)}, 0.5), ({"attn_scale": -2.0}, -2.0), ({"attn_scale": 10**30}, 1e30),
]
NO_SCALES = [{"attn_scale": 0.0}, {"attn_scale": float("nan")}, {"attn_scale": float("inf")}, {"attn_scale": "2.0"},
             {"attn_scale": None}, {"use_attn_scale": "no"}]

Config = in_mine(dataclasses.make_dataclass("Config", [(k, object) for k in PLAIN]))
Frozen = in_mine(dataclasses.make_dataclass("Frozen", [(k, object) for k in PLAIN], frozen=True))
Slotted = in_mine(dataclasses.make_dataclass("Slotted", [(k, object) for k in PLAIN], slots=True))
Record = in_mine(collections.namedtuple("Record", list(PLAIN)))
AttributeDict = in_mine(type("AttributeDict", (dict,), {}))
Experiment = in_mine(dataclasses.make_dataclass("Experiment", [("model_config", object), ("seed", int)]))
Run = in_mine(dataclasses.make_dataclass("Run", [("experiment", object), ("batch_size", int)]))


def attached(mapping, **attributes):
    """An OrderedDict with attributes, which are in its pickle beside `_metadata`."""
    mapping = collections.OrderedDict(mapping)
    vars(mapping).update(attributes)
    return mapping


def module_names(*extra):
    names = ["", "embed", "pos_embed", "blocks", "blocks.0", "blocks.0.ln1", *extra, "unembed"]
    return collections.OrderedDict((name, {"version": 1}) for name in names)


def placed(w, c):
    """The configuration `c` in every place beside the weights `w`."""
    yield "cfg", {"model": w, "cfg": c}
    yield "config", {"model": w, "config": c}
    yield "model-config", {"state_dict": w, "model_config": c}
    yield "hparams", {"state_dict": w, "hparams": c}
    yield "lightning", {"state_dict": w, "hyper_parameters": c, "epoch": 3, "pytorch-lightning_version": "2.4"}
    yield "lightning-attribute-dict", {"state_dict": w, "hyper_parameters": AttributeDict(c)}
    yield "lightning-nested", {"state_dict": w, "hyper_parameters": {"config": c, "lr": 1e-3}}
    yield "args-namespace", {"model": w, "args": argparse.Namespace(**c)}
    yield "simple-namespace", {"model": w, "args": types.SimpleNamespace(**c)}
    yield "dataclass", {"model": w, "config": Config(**c)}
    yield "frozen-dataclass", {"model": w, "config": Frozen(**c)}
    yield "slotted-dataclass", {"model": w, "config": Slotted(**c)}
    yield "namedtuple", {"model": w, "config": Record(**c)}
    yield "ordered-dict", {"model": w, "config": collections.OrderedDict(c)}
    yield "json-text", {"model": w, "config": json.dumps(c)}
    yield "beside-model", {"model": w} | c
    yield "among-weights", w | {"cfg": c}
    yield "fields-among-weights", w | {"normalization_type": c["normalization_type"]}
    yield "experiment", {"model": w, "config": Run(Experiment(Config(**c), 1), 4)}
    yield "deep-dict", {"model": w, "run": {"experiment": {"model": {"kwargs": c}}}}
    yield "deep-list", {"model": w, "history": [{"step": 1}, {"config": c}]}
    yield "attribute-of-state-dict", {"model": attached(w, config=c)}
    yield "tuple", (w, c)
    yield "list", [w, c]
    yield "numpy-object", {"model": w, "config": numpy.array(c, dtype=object)}
    yield "odd-key", {"model": w, "stuff": c}
    yield "holder", {"model": w, "config": Holder(c)}


def add_configurations(folder):
    w = network()
    for name, value in placed(w, PLAIN):
        right = "either" if name in ("tuple", "list", "numpy-object", "namedtuple", "slotted-dataclass") else "reads"
        folder.add(f"config-plain-{name}.pt", saved(value), count(w), right, [], "the configuration says what is assumed")
    for name, value in placed(w, LNPRE):
        folder.add(f"config-lnpre-{name}.pt", saved(value), count(w, norm="LNPre"), "refuses",
                   ["LNPre"], "the configuration says that layer norm is folded")
    slug = lambda fields: "-".join(f"{k}-{v}" for k, v in fields.items()).replace("[", "").replace("]", "") or "none"
    clean = lambda text: "".join(c if c.isalnum() or c in "-_." else "" for c in text.replace(" ", "-"))[:70]
    for fields, function in CHANGING:
        truth = None if function is None else count(w, **function)
        right = "either" if fields.get("attention_dir") == "bidirectional" else "refuses"
        mention = "attn_types|use_local_attn|window_size" if "use_local_attn" in fields else "|".join(fields)
        folder.add(f"field-{clean(slug(fields))}.pt", saved({"model": w, "config": PLAIN | fields}), truth, right,
                   [mention], "this field says that the function, or the shapes, are others")
    for i, fields in enumerate(HARMLESS):
        folder.add(f"field-harmless-{i:02}-{clean(slug(fields))}.pt", saved({"model": w, "config": PLAIN | fields}),
                   count(w), "reads", [], "no field says anything about the function")
    for i, (fields, scale) in enumerate(SCALES):
        folder.add(f"field-scale-{i}-{clean(slug(fields))}.pt", saved({"model": w, "config": PLAIN | fields}),
                   count(w, scale=scale), "either", ["attn_scale"], "another scale is a factor")
    for i, fields in enumerate(NO_SCALES):
        folder.add(f"field-no-scale-{i}-{clean(slug(fields))}.pt", saved({"model": w, "config": PLAIN | fields}), None,
                   "refuses", ["attn_scale"], "no scale")
    hooks = ("blocks.0.ln1.hook_scale", "blocks.0.ln1.hook_normalized", "ln_final", "ln_final.hook_scale")
    for name, extra, right in [("plain", (), "reads"), ("lnpre", hooks, "refuses"), ("mlp", ("blocks.0.mlp",), "refuses")]:
        folder.add(f"metadata-{name}.pt", saved(attached(w, _metadata=module_names(*extra))),
                   count(w) if name == "plain" else None, right, [] if right == "reads" else ["ln|norm|mlp"],
                   "only `_metadata`, the names of all modules, tells")
    for name, value in [("learning-rate", {"lr": 1e-3, "epochs": 5, "seed": 1}), ("none", None), ("text", "max of 3")]:
        folder.add(f"config-of-training-{name}.pt", saved({"model": w, "config": value}), count(w), "reads", [],
                   "no configuration of the network")


def add_masks(folder):
    w, causal = network(), torch.ones(N, N).tril().bool()
    local, all_ = causal.triu(-1), torch.ones(N, N).bool()
    plain, other = count(w), count(w, window=2)
    big = torch.ones(5, 5).tril()
    for name, mask, truth, right in [
        ("causal", causal, plain, "reads"), ("all", all_, plain, "reads"), ("empty", causal[:0, :0], plain, "reads"),
        ("local", local, other, "refuses"), ("self", torch.eye(N).bool(), None, "refuses"),
        ("anti-causal", causal.t(), None, "refuses"), ("none", ~all_, None, "refuses"),
        ("only-first", torch.cat([causal[:-1], causal[:1]]), None, "refuses"),
        ("strange-first-rows", torch.cat([~all_[:2], all_[:1]]), plain, "reads"),
        ("float", causal.float(), plain, "either"), ("float-local", local.float(), other, "refuses"),
        ("int", causal.long(), plain, "either"), ("uint8-local", local.to(torch.uint8), other, "refuses"),
        ("additive", torch.zeros(N, N).masked_fill(~causal, -torch.inf), plain, "either"),
        ("additive-local", torch.zeros(N, N).masked_fill(~local, -torch.inf), other, "refuses"),
        ("four-dimensional", causal[None, None], plain, "either"),
        ("four-dimensional-local", local[None, None], other, "refuses"),
        ("larger", big.bool(), plain, "either"), ("larger-local", big.triu(-1).bool(), other, "refuses"),
        ("smaller", causal[:2, :2], plain, "either"), ("vector", all_[0], plain, "either"),
        ("vector-local", local[-1], None, "refuses"), ("numpy", causal.numpy(), plain, "either"),
        ("numpy-local", local.numpy(), other, "refuses"), ("list", causal.tolist(), plain, "either"),
        ("list-local", local.tolist(), other, "refuses"), ("sparse-local", local.float().to_sparse(), other, "refuses"),
        ("strided-local", local.t().contiguous().t(), other, "refuses"), ("number", torch.tensor(True), plain, "either"),
    ]:
        folder.add(f"mask-{name}.pt", saved(w | {ATTN + "mask": mask, ATTN + "IGNORE": torch.tensor(-torch.inf)}),
                   truth, right, [] if right == "reads" else ["mask"], "row of the query, column of the key, True is seen")
    for name, value, right in [("old", torch.tensor(-1e5), "reads"), ("zero", torch.tensor(0.0), "either"),
                               ("nan", torch.tensor(torch.nan), "either"), ("float", -1e5, "either")]:
        folder.add(f"mask-ignore-{name}.pt", saved(w | {ATTN + "mask": causal, ATTN + "IGNORE": value}), plain, right,
                   ["IGNORE"] if right == "either" else [], "the value of masked scores; none is masked in the last row")
    for name in ("causal_mask", "bias", "masked_bias", "rotary_sin", "sinks"):
        folder.add(f"mask-as-{name}.pt", saved(w | {ATTN + name: causal.float()}), None, "refuses", [ATTN + name],
                   "a buffer of other code")


def prefixed(w, prefix):
    return {prefix + k: x for k, x in w.items()}


def add_containers(folder):
    w, other = network(), network() | {"unembed.b_U": torch.zeros(V)}
    plain = count(w)
    optimizer = {"state": {0: {"exp_avg": torch.ones(2, 2), "step": torch.tensor(1.0)}}, "param_groups": [{"lr": 1.0}]}
    mask = {ATTN + "mask": torch.ones(N, N).tril().triu(-1).bool()}
    for i, prefix in enumerate(["module.", "_orig_mod.", "model.", "net.model.", "module._orig_mod.", "transformer.",
                                "state_dict.", "0.", "blocks.0.", "é."]):
        folder.add(f"prefix-{i}.pt", saved(prefixed(w, prefix)), plain, "reads" if i < 5 else "either",
                   [] if i < 5 else [prefix], f"`{prefix}` before every name")
    for name, value, truth, right, mention in [
        ("nested-state-dict", {"state_dict": prefixed(w, "model."), "epoch": 1}, plain, "reads", []),
        ("partly", {("module." if i % 2 else "") + k: x for i, (k, x) in enumerate(w.items())}, plain, "either", ["module."]),
        ("one", w | {"module.unembed.b_U": other["unembed.b_U"]}, None, "refuses", ["module.unembed.b_U"]),
        ("bias-only", {k: x for k, x in w.items() if k != "unembed.b_U"} | {"module.unembed.b_U": w["unembed.b_U"]},
         plain, "either", ["module.unembed.b_U"]),
        ("two-models", prefixed(w, "a.") | prefixed(other, "b."), None, "refuses", ["a.", "b."]),
        ("model-and-copy", w | prefixed(other, "ema."), None, "refuses", ["ema."]),
        ("loss-weight", prefixed(w, "model.") | {"criterion.weight": torch.ones(2)}, plain, "either", ["criterion"]),
        ("second-network", prefixed(w, "model.") | {"critic.W": torch.ones(2)}, plain, "either", ["critic"]),
        ("mlp", prefixed(w | mlp(), "model."), count(w | mlp()), "refuses", ["mlp"]),
        ("local-mask", prefixed(w | mask, "model."), count(w, window=2), "refuses", ["mask"]),
        ("second-layer", w | {k.replace("blocks.0", "blocks.1"): x for k, x in w.items() if "blocks" in k}, None,
         "refuses", ["blocks.1"]),
        ("layer-without-number", {k.replace("blocks.0.", "block."): x for k, x in w.items()}, plain, "either", ["block"]),
    ]:
        folder.add(f"prefix-{name}.pt", saved(value), truth, right, mention, "names with and without a prefix")
    for key in ["model", "state_dict", "model_state_dict", "net", "weights", "params", "state", "ema", "generator", "m"]:
        sure = key in ("model", "state_dict")
        folder.add(f"container-{key}.pt", saved({key: w, "epoch": 3, "optimizer": optimizer}), plain,
                   "reads" if sure else "either", [] if sure else [key], f"the only state dict is `{key}`")
    for name, value, truth, right, mention in [
        ("training", {"model": w, "optimizer": optimizer, "epoch": 3, "loss": [1.0], "rng": torch.ones(9).to(torch.uint8),
                      "numpy_rng": numpy.random.RandomState(0).get_state(), "best": None, "path": pathlib.PurePosixPath("a")},
         plain, "reads", []),
        ("model-and-ema", {"model": w, "ema": other}, plain, "either", ["ema"]),
        ("model-and-state-dict", {"model": w, "state_dict": other}, None, "refuses", ["model", "state_dict"]),
        ("student-and-teacher", {"student": w, "teacher": other}, None, "refuses", ["student", "teacher"]),
        ("two-deep", {"checkpoint": {"model": w}}, plain, "either", ["checkpoint"]),
        ("model-state-dict", {"model": {"state_dict": w}}, plain, "either", ["model"]),
        ("list", [w], plain, "either", []), ("tuple", (w, optimizer), plain, "either", []),
        ("integer-key", {0: w}, plain, "either", ["0"]), ("steps", {0: other, 100: w}, None, "refuses", ["0", "100"]),
        ("integer-keys", dict(enumerate(w.values())), plain, "refuses", ["integer|number|0"]),
        ("one-integer-key", w | {7: torch.ones(2)}, None, "refuses", ["7"]),
        ("integer-key-mlp", w | {0: mlp()}, None, "refuses", ["0"]),
        ("tuple-key", w | {("blocks", 0): torch.ones(2)}, None, "refuses", ["blocks"]),
        ("bytes-key", w | {b"blocks.0.mlp.b_out": torch.ones(D)}, None, "refuses", ["mlp|bytes"]),
        ("none-key", w | {None: torch.ones(2)}, None, "refuses", ["None"]),
        ("empty", {}, None, "refuses", []), ("empty-model", {"model": {}}, None, "refuses", ["model"]),
        ("only-tensor", w["embed.W_E"], None, "refuses", ["tensor"]), ("only-number", 3, None, "refuses", []),
        ("only-optimizer", {"optimizer": optimizer}, None, "refuses", []),
        ("nested-names", {"embed": {"W_E": w["embed.W_E"]}, "unembed": {"W_U": w["unembed.W_U"]}}, None, "refuses", ["W_"]),
        ("weights-and-loose-mlp", {"model": w, "mlp": mlp()}, None, "either", ["mlp"]),
        ("model-is-text", {"model": "max-of-3", "weights": w}, plain, "either", ["weights"]),
        ("model-is-none", {"model": None, "net": w}, plain, "either", ["net"]),
    ]:
        right = "refuses" if truth is None else right
        folder.add(f"container-{name}.pt", saved(value), truth, right, mention, "which dictionary holds the weights")
    flat = torch.cat([x.flatten() for x in w.values()])
    offsets = numpy.cumsum([0] + [x.numel() for x in w.values()])
    views = {k: flat[o:o + x.numel()].view(x.shape) for (k, x), o in zip(w.items(), offsets)}
    tied = w | {"unembed.W_U": w["embed.W_E"].t(), ATTN + "W_K": w[ATTN + "W_Q"]}
    grouped = {k.replace("W_K", "_W_K").replace("W_V", "_W_V"): x for k, x in w.items()}
    squeezed = {k: x.squeeze(0) if x.dim() == 3 or k.endswith("b_Q") else x for k, x in w.items()}
    two = network(heads=2)
    for name, value, truth, right, mention in [
        ("one-storage", views, plain, "reads", []), ("tied", tied, count(tied), "reads", []),
        ("grouped", grouped, plain, "either", ["_W_K"]), ("no-head-axis", squeezed, plain, "either", ["W_"]),
        ("grouped-and-not", w | {ATTN + "_W_K": 2 * w[ATTN + "W_K"]}, None, "refuses", ["_W_K"]),
        ("two-heads", two, count(two), "refuses", ["head"]),
        ("all-zero-mlp", w | {k: 0 * x for k, x in mlp().items()}, plain, "either", ["mlp"]),
        ("almost-zero-mlp", w | {k: 0 * x for k, x in mlp().items()} | {"blocks.0.mlp.b_out": mlp()["blocks.0.mlp.b_out"]},
         count(w | mlp() | {k: 0 * x for k, x in mlp().items()} | {"blocks.0.mlp.b_out": mlp()["blocks.0.mlp.b_out"]}),
         "refuses", ["mlp"]),
        ("negative-zero-mlp", w | {k: -0.0 * x.abs() for k, x in mlp().items()}, plain, "either", ["mlp"]),
        ("identity-norm", w | {"ln_final.w": torch.ones(D), "ln_final.b": torch.zeros(D)}, None, "refuses", ["ln_final"]),
        ("zero-extra", w | {"blocks.0.attn.gate": torch.zeros(2)}, None, "refuses", ["gate"]),
        ("parametrized", {k: x for k, x in w.items() if k != "unembed.W_U"}
         | {"unembed.parametrizations.W_U.original": w["unembed.W_U"]}, None, "refuses", ["W_U"]),
        ("parametrized-bias", {k: x for k, x in w.items() if k != "unembed.b_U"}
         | {"unembed.parametrizations.b_U.original": w["unembed.b_U"]}, None, "refuses", ["parametrizations"]),
        ("extra-state", w | {"unembed._extra_state": {"scale": 2.0}}, None, "refuses", ["_extra_state"]),
        ("transposed-pos", w | {"pos_embed.W_pos": w["pos_embed.W_pos"].t()}, None, "refuses", ["W_pos"]),
        ("capital-name", {k: x for k, x in w.items() if k != "unembed.b_U"} | {"unembed.B_U": w["unembed.b_U"]}, plain,
         "either", ["unembed.B_U"]),
        ("space-in-name", {k: x for k, x in w.items() if k != "unembed.b_U"} | {"unembed.b_U ": w["unembed.b_U"]}, plain,
         "either", ["unembed.b_U"]),
        ("escape-in-name", w | {"\x1b[31mred": torch.ones(1)}, None, "refuses", ["red"]),
    ]:
        folder.add(f"weights-{name}.pt", saved(value), truth, right, mention, "entries of the state dict")
    for protocol in range(6):
        for zip_ in (True, False):
            value = attached(w | {"pos_embed.W_pos": torch.nn.Parameter(w["pos_embed.W_pos"])}, _metadata=module_names())
            data = saved({"model": value, "epoch": 3, "ok": True, "lr": 0.5, "big": 2**70, "name": "é\n\\"},
                         pickle_protocol=protocol, _use_new_zipfile_serialization=zip_)
            # PyTorch itself does not read back what it writes by protocol 0 into a zip.
            folder.add(f"protocol-{protocol}-{'zip' if zip_ else 'legacy'}.pt", data, plain,
                       "either" if protocol == 0 else "reads", ["protocol"] if protocol == 0 else [], "pickle protocols")
            data = saved({"model": w | {"unembed.b_U": w["unembed.b_U"].numpy()}, "config": Config(**LNPRE)},
                         pickle_protocol=protocol, _use_new_zipfile_serialization=zip_)
            folder.add(f"protocol-{protocol}-{'zip' if zip_ else 'legacy'}-config.pt", data, count(w, norm="LNPre"),
                       "refuses", ["LNPre|protocol|unembed.b_U"], "a NumPy bias and a dataclass of LNPre")


@in_mine
class Part(torch.nn.Module):
    """A module of the parameters given by name."""

    def __init__(self, **tensors):
        super().__init__()
        for name, tensor in tensors.items():
            setattr(self, name, torch.nn.Parameter(tensor))


@in_mine
class Squash(torch.nn.Module):
    """A module that changes what it is given and has no parameters."""

    def forward(self, x):
        return torch.tanh(x)


@in_mine
class Net(torch.nn.Module):
    """The network as modules with TransformerLens names."""

    def __init__(self, w, **extra):
        super().__init__()
        part = lambda prefix: Part(**{k[len(prefix):]: x for k, x in w.items() if k.startswith(prefix)})
        self.embed, self.pos_embed, self.unembed = part("embed."), part("pos_embed."), part("unembed.")
        block = torch.nn.Module()
        block.attn = part(ATTN)
        self.blocks = torch.nn.ModuleList([block])
        for name, value in extra.items():
            setattr(self, name, value)

    def forward(self, tokens):
        return logits(self.state_dict(), tokens)


def hook(*_):
    """A forward hook of the user's."""


hook.__module__ = "mine"
mine.hook = hook


def add_modules(folder):
    w = network()
    hooked, none = Net(w), Net(w)
    hooked.unembed.register_forward_hook(hook)
    none.unembed.register_parameter("b_U", None)
    buffered, silent, plain_tensor, training = (Net(w) for _ in range(4))
    buffered.blocks[0].attn.register_buffer("mask", torch.ones(N, N).tril().triu(-1).bool())
    silent.blocks[0].attn.register_buffer("mask", torch.ones(N, N).tril().triu(-1).bool(), persistent=False)
    del plain_tensor.unembed.b_U
    plain_tensor.unembed.b_U = w["unembed.b_U"]
    training.eval()
    plain, local = count(w), count(w, window=2)
    for name, value, truth, right, mention in [
        ("plain", Net(w), plain, "either", ["module|Net"]), ("eval", training, plain, "either", ["module|Net"]),
        ("in-model", {"model": Net(w), "epoch": 1}, plain, "either", ["model"]),
        ("data-parallel", torch.nn.DataParallel(Net(w)), plain, "either", ["module|Net"]),
        ("in-list", torch.nn.Sequential(Net(w)), plain, "either", ["module|Net"]),
        ("cfg-plain", Net(w, cfg=Config(**PLAIN)), plain, "either", ["module|Net"]),
        ("cfg-lnpre", Net(w, cfg=Config(**LNPRE)), count(w, norm="LNPre"), "refuses", ["LNPre|module|Net"]),
        ("cfg-dict-lnpre", Net(w, cfg=LNPRE), count(w, norm="LNPre"), "refuses", ["LNPre|module|Net"]),
        ("field-attribute", Net(w, normalization_type="LNPre"), None, "refuses", ["LNPre|module|Net"]),
        ("ln-final", Net(w, ln_final=torch.nn.LayerNorm(D)), None, "refuses", ["ln_final"]),
        ("ln-final-no-weights", Net(w, ln_final=torch.nn.LayerNorm(D, elementwise_affine=False)), None, "refuses",
         ["ln_final"]),
        ("squash", Net(w, squash=Squash()), None, "refuses", ["squash"]),
        ("relu", Net(w, act=torch.nn.ReLU()), None, "refuses", ["act"]),
        ("dropout", Net(w, dropout=torch.nn.Dropout(0.5)), plain, "either", ["dropout"]),
        ("identity", Net(w, ln_final=torch.nn.Identity()), plain, "either", ["module|Net|ln_final"]),
        ("mlp", Net(w, mlp=torch.nn.Sequential(torch.nn.Linear(D, 2), torch.nn.ReLU(), torch.nn.Linear(2, D))), None,
         "refuses", ["mlp"]),
        ("tensor-attribute", Net(w, temperature=torch.tensor(2.0)), None, "refuses", ["temperature"]),
        ("bias-as-plain-tensor", plain_tensor, plain, "either", ["b_U"]),
        ("bias-none", none, count({k: x for k, x in w.items() if k != "unembed.b_U"}), "either", ["b_U|module|Net"]),
        ("mask", buffered, local, "refuses", ["mask|module|Net"]), ("silent-mask", silent, local, "refuses", ["mask|module|Net"]),
        ("forward-hook", hooked, None, "refuses", ["hook"]),
        ("linear", torch.nn.Linear(2, 2), None, "refuses", []),
        ("compiled", torch.compile(Net(w)), plain, "either", ["module|Net|_orig_mod|Optimized"]),
    ]:
        try:
            data = saved(value)
        except Exception as error:  # some versions of PyTorch cannot pickle it, then nobody has such a file
            print(f"module-{name}: PyTorch does not save this: {error}")
            continue
        folder.add(f"module-{name}.pt", data, truth, right, mention, "torch.save(model), the whole module")

    @in_mine
    class Head(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.W_E = torch.nn.Parameter(w["embed.W_E"])

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x @ self.W_E

    with tempfile.TemporaryDirectory() as temporary:
        path = pathlib.Path(temporary) / "file"
        torch.jit.save(torch.jit.trace(Head(), torch.ones(1, V)), str(path))
        folder.add("module-script.pt", path.read_bytes(), None, "refuses", ["TorchScript|script"], "torch.jit.save")
        path = path.with_suffix(".pt2")
        torch.export.save(torch.export.export(Head(), (torch.ones(1, V),)), str(path))
        folder.add("module-exported.pt2", path.read_bytes(), None, "refuses", ["pt2|export"], "torch.export.save")
        import torch.distributed.checkpoint as checkpoint

        checkpoint.save({"model": w}, checkpoint_id=str(pathlib.Path(temporary) / "d"))
        for part in sorted((pathlib.Path(temporary) / "d").iterdir()):
            if part.suffix == ".distcp":
                folder.add("foreign-shard.distcp", part.read_bytes(), None, "refuses", ["distcp|distributed"], "a shard")
        folder.add("module-graph.pt", saved(torch.fx.symbolic_trace(Squash())), None, "refuses", ["graph|module"], "torch.fx")


def add_all(folder):
    add_configurations(folder)
    add_masks(folder)
    add_containers(folder)
    add_modules(folder)
