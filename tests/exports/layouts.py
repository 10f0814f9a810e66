"""Checkpoints of every layout: masks, prefixes, containers, keys, shared storages, pickle protocols."""

import pathlib

import numpy
import torch

from configurations import LNPRE, Config, attached, module_names
from kinds import saved
from network import ATTN, D, N, V, count, mlp, network


def add_masks(folder):
    w, causal = network(), torch.ones(N, N).tril().bool()
    local, all_ = causal.triu(-1), torch.ones(N, N).bool()
    plain, other = count(w), count(w, window=2)
    big = torch.ones(5, 5).tril()
    for name, mask, truth, right in [
        ("causal", causal, plain, "reads"),
        ("all", all_, plain, "reads"),
        ("empty", causal[:0, :0], plain, "reads"),
        ("local", local, other, "refuses"),
        ("self", torch.eye(N).bool(), None, "refuses"),
        ("anti-causal", causal.t(), None, "refuses"),
        ("none", ~all_, None, "refuses"),
        ("only-first", torch.cat([causal[:-1], causal[:1]]), None, "refuses"),
        ("strange-first-rows", torch.cat([~all_[:2], all_[:1]]), plain, "reads"),
        ("float", causal.float(), plain, "either"),
        ("float-local", local.float(), other, "refuses"),
        ("int", causal.long(), plain, "either"),
        ("uint8-local", local.to(torch.uint8), other, "refuses"),
        ("additive", torch.zeros(N, N).masked_fill(~causal, -torch.inf), plain, "either"),
        ("additive-local", torch.zeros(N, N).masked_fill(~local, -torch.inf), other, "refuses"),
        ("four-dimensional", causal[None, None], plain, "either"),
        ("four-dimensional-local", local[None, None], other, "refuses"),
        ("larger", big.bool(), plain, "either"),
        ("larger-local", big.triu(-1).bool(), other, "refuses"),
        ("smaller", causal[:2, :2], plain, "either"),
        ("vector", all_[0], plain, "either"),
        ("vector-local", local[-1], None, "refuses"),
        ("numpy", causal.numpy(), plain, "either"),
        ("numpy-local", local.numpy(), other, "refuses"),
        ("list", causal.tolist(), plain, "either"),
        ("list-local", local.tolist(), other, "refuses"),
        ("sparse-local", local.float().to_sparse(), other, "refuses"),
        ("strided-local", local.t().contiguous().t(), other, "refuses"),
        ("number", torch.tensor(True), plain, "either"),
    ]:
        folder.add(
            f"mask-{name}.pt",
            saved(w | {ATTN + "mask": mask, ATTN + "IGNORE": torch.tensor(-torch.inf)}),
            truth,
            right,
            [] if right == "reads" else ["mask"],
            "row of the query, column of the key, True is seen",
        )
    for name, value, right in [
        ("old", torch.tensor(-1e5), "reads"),
        ("zero", torch.tensor(0.0), "either"),
        ("nan", torch.tensor(torch.nan), "either"),
        ("float", -1e5, "either"),
    ]:
        folder.add(
            f"mask-ignore-{name}.pt",
            saved(w | {ATTN + "mask": causal, ATTN + "IGNORE": value}),
            plain,
            right,
            ["IGNORE"] if right == "either" else [],
            "the value of masked scores; none is masked in the last row",
        )
    for name in ("causal_mask", "bias", "masked_bias", "rotary_sin", "sinks"):
        folder.add(
            f"mask-as-{name}.pt",
            saved(w | {ATTN + name: causal.float()}),
            None,
            "refuses",
            [ATTN + name],
            "a buffer of other code",
        )


def prefixed(w, prefix):
    return {prefix + k: x for k, x in w.items()}


def add_containers(folder):
    w, other = network(), network() | {"unembed.b_U": torch.zeros(V)}
    plain = count(w)
    optimizer = {"state": {0: {"exp_avg": torch.ones(2, 2), "step": torch.tensor(1.0)}}, "param_groups": [{"lr": 1.0}]}
    mask = {ATTN + "mask": torch.ones(N, N).tril().triu(-1).bool()}
    for i, prefix in enumerate(
        [
            "module.",
            "_orig_mod.",
            "model.",
            "net.model.",
            "module._orig_mod.",
            "transformer.",
            "state_dict.",
            "0.",
            "blocks.0.",
            "é.",
        ]
    ):
        folder.add(
            f"prefix-{i}.pt",
            saved(prefixed(w, prefix)),
            plain,
            "reads" if i < 5 else "either",
            [] if i < 5 else [prefix],
            f"`{prefix}` before every name",
        )
    for name, value, truth, right, mention in [
        ("nested-state-dict", {"state_dict": prefixed(w, "model."), "epoch": 1}, plain, "reads", []),
        (
            "partly",
            {("module." if i % 2 else "") + k: x for i, (k, x) in enumerate(w.items())},
            plain,
            "either",
            ["module."],
        ),
        ("one", w | {"module.unembed.b_U": other["unembed.b_U"]}, None, "refuses", ["module.unembed.b_U"]),
        (
            "bias-only",
            {k: x for k, x in w.items() if k != "unembed.b_U"} | {"module.unembed.b_U": w["unembed.b_U"]},
            plain,
            "either",
            ["module.unembed.b_U"],
        ),
        ("two-models", prefixed(w, "a.") | prefixed(other, "b."), None, "refuses", ["a.", "b."]),
        ("model-and-copy", w | prefixed(other, "ema."), None, "refuses", ["ema."]),
        ("loss-weight", prefixed(w, "model.") | {"criterion.weight": torch.ones(2)}, plain, "either", ["criterion"]),
        ("second-network", prefixed(w, "model.") | {"critic.W": torch.ones(2)}, plain, "either", ["critic"]),
        ("mlp", prefixed(w | mlp(), "model."), count(w | mlp()), "refuses", ["mlp"]),
        ("local-mask", prefixed(w | mask, "model."), count(w, window=2), "refuses", ["mask"]),
        (
            "second-layer",
            w | {k.replace("blocks.0", "blocks.1"): x for k, x in w.items() if "blocks" in k},
            None,
            "refuses",
            ["blocks.1"],
        ),
        (
            "layer-without-number",
            {k.replace("blocks.0.", "block."): x for k, x in w.items()},
            plain,
            "either",
            ["block"],
        ),
    ]:
        folder.add(f"prefix-{name}.pt", saved(value), truth, right, mention, "names with and without a prefix")
    for key in [
        "model",
        "state_dict",
        "model_state_dict",
        "net",
        "weights",
        "params",
        "state",
        "ema",
        "generator",
        "m",
    ]:
        sure = key in ("model", "state_dict")
        folder.add(
            f"container-{key}.pt",
            saved({key: w, "epoch": 3, "optimizer": optimizer}),
            plain,
            "reads" if sure else "either",
            [] if sure else [key],
            f"the only state dict is `{key}`",
        )
    for name, value, truth, right, mention in [
        (
            "training",
            {
                "model": w,
                "optimizer": optimizer,
                "epoch": 3,
                "loss": [1.0],
                "rng": torch.ones(9).to(torch.uint8),
                "numpy_rng": numpy.random.RandomState(0).get_state(),
                "best": None,
                "path": pathlib.PurePosixPath("a"),
            },
            plain,
            "reads",
            [],
        ),
        ("model-and-ema", {"model": w, "ema": other}, plain, "either", ["ema"]),
        ("model-and-state-dict", {"model": w, "state_dict": other}, None, "refuses", ["model", "state_dict"]),
        ("student-and-teacher", {"student": w, "teacher": other}, None, "refuses", ["student", "teacher"]),
        ("two-deep", {"checkpoint": {"model": w}}, plain, "either", ["checkpoint"]),
        ("model-state-dict", {"model": {"state_dict": w}}, plain, "either", ["model"]),
        ("list", [w], plain, "either", []),
        ("tuple", (w, optimizer), plain, "either", []),
        ("integer-key", {0: w}, plain, "either", ["0"]),
        ("steps", {0: other, 100: w}, None, "refuses", ["0", "100"]),
        ("integer-keys", dict(enumerate(w.values())), plain, "refuses", ["integer|number|0"]),
        ("one-integer-key", w | {7: torch.ones(2)}, None, "refuses", ["7"]),
        ("integer-key-mlp", w | {0: mlp()}, None, "refuses", ["0"]),
        ("tuple-key", w | {("blocks", 0): torch.ones(2)}, None, "refuses", ["blocks|tuple"]),
        ("bytes-key", w | {b"blocks.0.mlp.b_out": torch.ones(D)}, None, "refuses", ["mlp|bytes"]),
        ("none-key", w | {None: torch.ones(2)}, None, "refuses", ["None"]),
        ("empty", {}, None, "refuses", []),
        ("empty-model", {"model": {}}, None, "refuses", ["model"]),
        ("only-tensor", w["embed.W_E"], None, "refuses", ["tensor"]),
        ("only-number", 3, None, "refuses", []),
        ("only-optimizer", {"optimizer": optimizer}, None, "refuses", []),
        (
            "nested-names",
            {"embed": {"W_E": w["embed.W_E"]}, "unembed": {"W_U": w["unembed.W_U"]}},
            None,
            "refuses",
            ["embed|W_"],
        ),
        ("weights-and-loose-mlp", {"model": w, "mlp": mlp()}, None, "either", ["mlp"]),
        ("model-is-text", {"model": "max-of-3", "weights": w}, plain, "either", ["weights"]),
        ("model-is-none", {"model": None, "net": w}, plain, "either", ["net"]),
    ]:
        right = "refuses" if truth is None else right
        folder.add(f"container-{name}.pt", saved(value), truth, right, mention, "which dictionary holds the weights")
    flat = torch.cat([x.flatten() for x in w.values()])
    offsets = numpy.cumsum([0] + [x.numel() for x in w.values()])
    views = {k: flat[o : o + x.numel()].view(x.shape) for (k, x), o in zip(w.items(), offsets)}
    tied = w | {"unembed.W_U": w["embed.W_E"].t(), ATTN + "W_K": w[ATTN + "W_Q"]}
    grouped = {k.replace("W_K", "_W_K").replace("W_V", "_W_V"): x for k, x in w.items()}
    squeezed = {k: x.squeeze(0) if x.dim() == 3 or k.endswith("b_Q") else x for k, x in w.items()}
    two = network(heads=2)
    for name, value, truth, right, mention in [
        ("one-storage", views, plain, "reads", []),
        ("tied", tied, count(tied), "reads", []),
        ("grouped", grouped, plain, "either", ["_W_K"]),
        ("no-head-axis", squeezed, plain, "either", ["W_"]),
        ("grouped-and-not", w | {ATTN + "_W_K": 2 * w[ATTN + "W_K"]}, None, "refuses", ["_W_K"]),
        ("two-heads", two, count(two), "refuses", ["head"]),
        ("all-zero-mlp", w | {k: 0 * x for k, x in mlp().items()}, plain, "either", ["mlp"]),
        (
            "almost-zero-mlp",
            w | {k: 0 * x for k, x in mlp().items()} | {"blocks.0.mlp.b_out": mlp()["blocks.0.mlp.b_out"]},
            count(
                w | mlp() | {k: 0 * x for k, x in mlp().items()} | {"blocks.0.mlp.b_out": mlp()["blocks.0.mlp.b_out"]}
            ),
            "refuses",
            ["mlp"],
        ),
        ("negative-zero-mlp", w | {k: -0.0 * x.abs() for k, x in mlp().items()}, plain, "either", ["mlp"]),
        (
            "identity-norm",
            w | {"ln_final.w": torch.ones(D), "ln_final.b": torch.zeros(D)},
            None,
            "refuses",
            ["ln_final"],
        ),
        ("zero-extra", w | {"blocks.0.attn.gate": torch.zeros(2)}, None, "refuses", ["gate"]),
        (
            "parametrized",
            {k: x for k, x in w.items() if k != "unembed.W_U"}
            | {"unembed.parametrizations.W_U.original": w["unembed.W_U"]},
            None,
            "refuses",
            ["W_U"],
        ),
        (
            "parametrized-bias",
            {k: x for k, x in w.items() if k != "unembed.b_U"}
            | {"unembed.parametrizations.b_U.original": w["unembed.b_U"]},
            None,
            "refuses",
            ["parametrizations"],
        ),
        ("extra-state", w | {"unembed._extra_state": {"scale": 2.0}}, None, "refuses", ["_extra_state"]),
        ("transposed-pos", w | {"pos_embed.W_pos": w["pos_embed.W_pos"].t()}, None, "refuses", ["W_pos"]),
        (
            "capital-name",
            {k: x for k, x in w.items() if k != "unembed.b_U"} | {"unembed.B_U": w["unembed.b_U"]},
            plain,
            "either",
            ["unembed.B_U"],
        ),
        (
            "space-in-name",
            {k: x for k, x in w.items() if k != "unembed.b_U"} | {"unembed.b_U ": w["unembed.b_U"]},
            plain,
            "either",
            ["unembed.b_U"],
        ),
        ("escape-in-name", w | {"\x1b[31mred": torch.ones(1)}, None, "refuses", ["red"]),
    ]:
        folder.add(f"weights-{name}.pt", saved(value), truth, right, mention, "entries of the state dict")
    for protocol in range(6):
        for zip_ in (True, False):
            value = attached(
                w | {"pos_embed.W_pos": torch.nn.Parameter(w["pos_embed.W_pos"])}, _metadata=module_names()
            )
            data = saved(
                {"model": value, "epoch": 3, "ok": True, "lr": 0.5, "big": 2**70, "name": "é\n\\"},
                pickle_protocol=protocol,
                _use_new_zipfile_serialization=zip_,
            )
            # PyTorch itself does not read back what it writes by protocol 0 into a zip.
            folder.add(
                f"protocol-{protocol}-{'zip' if zip_ else 'legacy'}.pt",
                data,
                plain,
                "either" if protocol == 0 else "reads",
                ["protocol"] if protocol == 0 else [],
                "pickle protocols",
            )
            data = saved(
                {"model": w | {"unembed.b_U": w["unembed.b_U"].numpy()}, "config": Config(**LNPRE)},
                pickle_protocol=protocol,
                _use_new_zipfile_serialization=zip_,
            )
            folder.add(
                f"protocol-{protocol}-{'zip' if zip_ else 'legacy'}-config.pt",
                data,
                count(w, norm="LNPre"),
                "refuses",
                ["LNPre|protocol|unembed.b_U"],
                "a NumPy bias and a dataclass of LNPre",
            )


def add_all(folder):
    add_masks(folder)
    add_containers(folder)
