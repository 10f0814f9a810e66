"""Configurations of TransformerLens, in every place of a checkpoint and with every field that matters."""

import argparse
import collections
import dataclasses
import json
import types

import numpy
import torch

from kinds import Holder, in_mine, saved
from network import D, H, N, V, count, network

PLAIN = {
    "n_layers": 1,
    "d_model": D,
    "n_ctx": N,
    "d_head": H,
    "model_name": "custom",
    "n_heads": 1,
    "d_mlp": None,
    "act_fn": None,
    "d_vocab": V,
    "eps": 1e-5,
    "use_attn_result": False,
    "use_attn_scale": True,
    "attn_scale": 2.0,
    "use_split_qkv_input": False,
    "use_hook_mlp_in": False,
    "use_attn_in": False,
    "use_qk_norm": False,
    "use_local_attn": False,
    "ungroup_grouped_query_attention": False,
    "original_architecture": None,
    "from_checkpoint": False,
    "checkpoint_index": None,
    "checkpoint_label_type": None,
    "checkpoint_value": None,
    "tokenizer_name": None,
    "window_size": None,
    "attn_types": None,
    "init_mode": "gpt2",
    "normalization_type": None,
    "device": "cpu",
    "n_devices": 1,
    "attention_dir": "causal",
    "attn_only": True,
    "seed": 5,
    "initializer_range": 0.4,
    "init_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "positional_embedding_type": "standard",
    "final_rms": False,
    "d_vocab_out": V,
    "parallel_attn_mlp": False,
    "rotary_dim": None,
    "n_params": 64,
    "use_hook_tokens": False,
    "gated_mlp": False,
    "default_prepend_bos": True,
    "dtype": "torch.float32",
    "tokenizer_prepends_bos": None,
    "n_key_value_heads": None,
    "post_embedding_ln": False,
    "rotary_base": 10000,
    "rotary_base_local": None,
    "trust_remote_code": False,
    "rotary_adjacent_pairs": False,
    "load_in_4bit": False,
    "num_experts": None,
    "experts_per_token": None,
    "relative_attention_max_distance": None,
    "relative_attention_num_buckets": None,
    "decoder_start_token_id": None,
    "tie_word_embeddings": False,
    "use_normalization_before_and_after": False,
    "attn_scores_soft_cap": -1.0,
    "output_logits_soft_cap": -1.0,
    "use_NTK_by_parts_rope": False,
    "NTK_by_parts_low_freq_factor": 1.0,
    "NTK_by_parts_high_freq_factor": 4.0,
    "NTK_by_parts_factor": 8.0,
    "NTK_original_ctx_len": 8192,
}
LNPRE = PLAIN | {"normalization_type": "LNPre"}

# Fields that change the function of the same weights, or deny their shapes: the changed fields, and how to count.
CHANGING = [
    ({"normalization_type": "LN"}, None),
    ({"normalization_type": "LNPre"}, {"norm": "LNPre"}),
    ({"normalization_type": "RMS"}, None),
    ({"normalization_type": "RMSPre"}, {"norm": "RMSPre"}),
    ({"final_rms": True, "normalization_type": "LNPre"}, None),
    ({"positional_embedding_type": "shortformer"}, {"positions": "shortformer"}),
    ({"positional_embedding_type": "alibi"}, {"positions": "alibi"}),
    ({"positional_embedding_type": "rotary"}, None),
    ({"positional_embedding_type": "relative_positional_bias"}, None),
    ({"positional_embedding_type": "none"}, None),
    ({"use_local_attn": True, "window_size": 2, "attn_types": ["local"]}, {"window": 2}),
    ({"attn_scores_soft_cap": 1.0}, {"attn_cap": 1.0}),
    ({"output_logits_soft_cap": 30.0}, {"cap": 30.0}),
    ({"attn_only": False, "d_mlp": 16, "act_fn": "relu"}, None),
    ({"n_layers": 2}, None),
    ({"n_layers": 0}, None),
    ({"n_heads": 2}, None),
    ({"n_heads": 4, "d_head": 1}, None),
    ({"n_key_value_heads": 2}, None),
    ({"d_model": 8}, None),
    ({"d_head": 2}, None),
    ({"n_ctx": 4}, None),
    ({"n_ctx": 2}, None),
    ({"d_vocab": 7}, None),
    ({"d_vocab_out": 7}, None),
    ({"post_embedding_ln": True}, None),
    ({"use_qk_norm": True}, None),
    ({"load_in_4bit": True}, None),
    ({"num_experts": 4, "experts_per_token": 2, "attn_only": False}, None),
    ({"tie_word_embeddings": True}, None),
    ({"clip_qkv": 1.0}, None),
    ({"use_logn_attn": True}, None),
    ({"use_attention_sinks": True}, None),
    ({"parallel_attn_mlp": True}, None),
    ({"scale_embedding": True}, None),
    ({"attention_dir": "bidirectional"}, {"causal": False}),
    ({"attention_dir": "backwards"}, None),
]
# Fields that leave it as it is.
HARMLESS = [
    {},
    {"seed": None},
    {"device": "cuda"},
    {"n_devices": 2},
    {"init_mode": "xavier_normal"},
    {"model_name": "max-of-3"},
    {"tokenizer_name": "gpt2"},
    {"default_prepend_bos": False},
    {"use_hook_mlp_in": True},
    {"use_attn_result": True},
    {"use_split_qkv_input": True},
    {"use_hook_tokens": True},
    {"eps": 1e-6},
    {"d_mlp": 16, "act_fn": "relu"},
    {"scale_attn_by_inverse_layer_idx": True},
    {"n_key_value_heads": 1},
    {"attn_scale": -1.0},
    {"attn_scale": 2},
    {"attn_scale": numpy.float64(2)},
    {"attn_scale": numpy.float32(2)},
    {"dtype": torch.float32},
    {"dtype": torch.float64},
    {"attn_scores_soft_cap": 0.0},
    {"attn_scores_soft_cap": None},
    {"n_heads": numpy.int64(1)},
    {"rotary_base": 500},
    {"window_size": 2},
    {"use_local_attn": True, "window_size": 2, "attn_types": ["global"]},
    {"use_local_attn": True, "window_size": 3, "attn_types": ["local"]},
    {"trust_remote_code": True},
    {"device": torch.device("cpu")},
    {"original_architecture": "GPT2LMHeadModel"},
    {"from_checkpoint": True},
]
# Other scales, which are one factor.
SCALES = [
    ({"attn_scale": 0.5}, 0.5),
    ({"attn_scale": 1}, 1.0),
    ({"attn_scale": numpy.sqrt(3)}, 3**0.5),
    ({"attn_scale": numpy.float32(0.1)}, float(numpy.float32(0.1))),
    ({"use_attn_scale": False}, 1.0),
    ({"use_attn_scale": False, "attn_scale": -1.0}, 1.0),
    ({"attn_scale": torch.tensor(0.5)}, 0.5),
    ({"attn_scale": numpy.array(0.5)}, 0.5),
    ({"attn_scale": -2.0}, -2.0),
    ({"attn_scale": 10**30}, 1e30),
]
NO_SCALES = [
    {"attn_scale": 0.0},
    {"attn_scale": float("nan")},
    {"attn_scale": float("inf")},
    {"attn_scale": "2.0"},
    {"attn_scale": None},
    {"use_attn_scale": "no"},
]

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


def add_all(folder):
    w = network()
    for name, value in placed(w, PLAIN):
        right = "either" if name in ("tuple", "list", "numpy-object", "namedtuple", "slotted-dataclass") else "reads"
        folder.add(
            f"config-plain-{name}.pt", saved(value), count(w), right, [], "the configuration says what is assumed"
        )
    mentions = {"tuple": [], "list": [], "namedtuple": ["LNPre|config"], "fields-among-weights": ["normalization_type"]}
    for name, value in placed(w, LNPRE):
        folder.add(
            f"config-lnpre-{name}.pt",
            saved(value),
            count(w, norm="LNPre"),
            "refuses",
            mentions.get(name, ["LNPre"]),
            "the configuration says that layer norm is folded",
        )
    slug = lambda fields: "-".join(f"{k}-{v}" for k, v in fields.items()).replace("[", "").replace("]", "") or "none"
    clean = lambda text: "".join(c if c.isalnum() or c in "-_." else "" for c in text.replace(" ", "-"))[:70]
    for fields, function in CHANGING:
        truth = None if function is None else count(w, **function)
        right = "either" if fields.get("attention_dir") == "bidirectional" else "refuses"
        mention = "attn_types|use_local_attn|window_size" if "use_local_attn" in fields else "|".join(fields)
        folder.add(
            f"field-{clean(slug(fields))}.pt",
            saved({"model": w, "config": PLAIN | fields}),
            truth,
            right,
            [mention],
            "this field says that the function, or the shapes, are others",
        )
    for i, fields in enumerate(HARMLESS):
        folder.add(
            f"field-harmless-{i:02}-{clean(slug(fields))}.pt",
            saved({"model": w, "config": PLAIN | fields}),
            count(w),
            "reads",
            [],
            "no field says anything about the function",
        )
    for i, (fields, scale) in enumerate(SCALES):
        folder.add(
            f"field-scale-{i}-{clean(slug(fields))}.pt",
            saved({"model": w, "config": PLAIN | fields}),
            count(w, scale=scale),
            "either",
            ["attn_scale"],
            "another scale is a factor",
        )
    for i, fields in enumerate(NO_SCALES):
        folder.add(
            f"field-no-scale-{i}-{clean(slug(fields))}.pt",
            saved({"model": w, "config": PLAIN | fields}),
            None,
            "refuses",
            ["attn_scale"],
            "no scale",
        )
    hooks = ("blocks.0.ln1.hook_scale", "blocks.0.ln1.hook_normalized", "ln_final", "ln_final.hook_scale")
    for name, extra, right in [
        ("plain", (), "reads"),
        ("lnpre", hooks, "refuses"),
        ("mlp", ("blocks.0.mlp",), "refuses"),
    ]:
        folder.add(
            f"metadata-{name}.pt",
            saved(attached(w, _metadata=module_names(*extra))),
            count(w) if name == "plain" else None,
            right,
            [] if right == "reads" else ["ln|norm|mlp"],
            "only `_metadata`, the names of all modules, tells",
        )
    for name, value in [("learning-rate", {"lr": 1e-3, "epochs": 5, "seed": 1}), ("none", None), ("text", "max of 3")]:
        folder.add(
            f"config-of-training-{name}.pt",
            saved({"model": w, "config": value}),
            count(w),
            "reads",
            [],
            "no configuration of the network",
        )
