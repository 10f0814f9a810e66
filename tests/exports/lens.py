"""What the installed TransformerLens saves: models of every configuration, in the layouts of its users.

`python lens.py FOLDER`, once with each generation installed; each adds its files to the same `index.json`.
"""

import logging
import sys
import warnings
from importlib.metadata import version

import torch

from formats import tensors
from kinds import saved
from network import D, Folder, H, N, V, inputs, mlp, network
from network import right as right_of

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
GENERATION = int(version("transformer_lens").split(".")[0])
SHAPE = dict(
    n_layers=1, d_model=D, n_ctx=N, d_head=H, n_heads=1, d_vocab=V, attn_only=True, normalization_type=None, seed=5
)

# (name, fields, generations, what a bare state dict gives it away by; "" if by nothing).
VARIANTS = [
    ("plain", {}, (1, 2, 3, 4), None),
    ("float64", {"dtype": torch.float64}, (2, 3), None),
    ("ln", {"normalization_type": "LN"}, (1, 2, 3, 4), "ln"),
    ("lnpre", {"normalization_type": "LNPre"}, (1, 2, 3, 4), "ln|norm"),
    ("rms", {"normalization_type": "RMS"}, (2, 3, 4), "ln"),
    ("rmspre", {"normalization_type": "RMSPre"}, (2, 3, 4), "ln|norm"),
    ("final-rms", {"normalization_type": None, "final_rms": True}, (4,), "ln_final"),
    ("shortformer", {"positional_embedding_type": "shortformer"}, (1, 2, 3), "hook_attn_input|shortformer"),
    ("alibi", {"positional_embedding_type": "alibi"}, (2, 3), ""),
    ("rotary", {"positional_embedding_type": "rotary"}, (1, 2, 3, 4), "rotary|W_pos"),
    ("no-scale", {"use_attn_scale": False}, (1, 2, 3, 4), ""),
    ("half-scale", {"attn_scale": 0.5}, (2, 3, 4), ""),
    ("layer-scale", {"scale_attn_by_inverse_layer_idx": True}, (1, 2, 3, 4), None),
    ("local", {"use_local_attn": True, "window_size": 2, "attn_types": ["local"]}, (1, 2, 3), "mask"),
    ("wide-local", {"use_local_attn": True, "window_size": N, "attn_types": ["local"]}, (1, 2, 3), None),
    ("global-of-local", {"use_local_attn": True, "window_size": 2, "attn_types": ["global"]}, (2, 3), None),
    ("bidirectional", {"attention_dir": "bidirectional"}, (2, 3, 4), None),
    ("attention-cap", {"attn_scores_soft_cap": 1.0}, (2, 3, 4), ""),
    ("output-cap", {"output_logits_soft_cap": 30.0}, (2, 3, 4), ""),
    ("two-heads", {"n_heads": 2}, (1, 2, 3, 4), "W_Q|head"),
    ("two-small-heads", {"n_heads": 2, "d_head": 2}, (1, 2, 3, 4), "W_Q|head"),
    ("two-layers", {"n_layers": 2}, (1, 2, 3, 4), "blocks.1"),
    ("mlp", {"attn_only": False, "act_fn": "relu", "d_mlp": 4}, (1, 2, 3, 4), "mlp"),
    ("grouped", {"n_key_value_heads": 1}, (1, 2, 3, 4), "_W_K"),
    ("post-embedding-ln", {"post_embedding_ln": True}, (2, 3), "embed.ln"),
    ("qk-norm", {"use_qk_norm": True}, (2, 3), "norm"),
    ("clip", {"clip_qkv": 1.0}, (3,), ""),
    ("sinks", {"use_attention_sinks": True}, (3,), "sinks"),
    ("split-input", {"use_split_qkv_input": True}, (2, 3), None),
    ("result", {"use_attn_result": True}, (2, 3, 4), None),
]
# The function stays exactly that of the weights; "either", as a reader need not know it.
SAME = ("layer-scale", "wide-local", "global-of-local", "bidirectional", "grouped")
FACTOR = ("no-scale", "half-scale")


def build(fields):
    if GENERATION < 4:
        from transformer_lens import HookedTransformer, HookedTransformerConfig

        return HookedTransformer(HookedTransformerConfig(device="cpu", **SHAPE | fields))
    from transformer_lens.config import TransformerBridgeConfig
    from transformer_lens.model_bridge import TransformerBridge

    return TransformerBridge.boot_native(TransformerBridgeConfig(device="cpu", **SHAPE | fields))


def own_name(name):
    """The name of TransformerLens 4 for a name of the generations before, and whether it transposes."""
    for old, new in [("W_Q", "q"), ("W_K", "k"), ("W_V", "v"), ("W_O", "o")]:
        name = name.replace(f"attn.{old}", f"attn.{new}.weight").replace(
            f"attn.{old.replace('W', 'b')}", f"attn.{new}.bias"
        )
    for old, new in [
        ("embed.W_E", "embed.weight"),
        ("pos_embed.W_pos", "pos_embed.weight"),
        ("unembed.W_U", "unembed.weight"),
        ("unembed.b_U", "unembed.bias"),
        ("mlp.W_in", "mlp.in.weight"),
        ("mlp.b_in", "mlp.in.bias"),
        ("mlp.W_out", "mlp.out.weight"),
        ("mlp.b_out", "mlp.out.bias"),
    ]:
        name = new if name == old else name.replace("blocks.0." + old, "blocks.0." + new)
    return name


@torch.no_grad()
def model_of(fields):
    """A model with the weights of `network`, and with what else it has as it was initialised, biases included."""
    model = build(fields)
    w = network(heads=fields.get("n_heads", 1)) | (mlp() if not fields.get("attn_only", True) else {})
    if "d_head" in fields:  # halves of one head of four
        cut = lambda k, x: (
            x[:, :, :2] if k[-3:] in ("W_Q", "W_K", "W_V") else x[:, :2] if k[-3:] in ("W_O", "b_Q") else x
        )
        w = {k: cut(k, x) for k, x in w.items()}
    state = model.state_dict()
    for name, x in w.items():
        if GENERATION == 4:
            name = own_name(name)
            heads = x.movedim(-1, 1).reshape(-1, D) if name.endswith(("q.weight", "k.weight", "v.weight")) else x
            heads = x.reshape(-1, D).t() if name.endswith("o.weight") else heads
            heads = x.t() if name in ("unembed.weight", "blocks.0.mlp.in.weight", "blocks.0.mlp.out.weight") else heads
            x = heads.reshape(-1) if name.endswith("q.bias") else heads
        name = name if name in state else name.replace("attn.W_", "attn._W_")
        if name in state:
            state[name].copy_(x)
    generator = torch.Generator().manual_seed(1)
    for name, x in model.state_dict().items():
        if "ln" in name or "norm" in name:
            x.add_(torch.randn(x.shape, generator=generator) / 4)
    return model


@torch.no_grad()
def counted(model):
    """How many inputs the model is right on, by its own forward pass, in float64."""
    model.cfg.dtype = torch.float64
    return right_of(model.double()(inputs())[:, -1].double(), inputs())


def add_all(folder):
    for name, fields, generations, sign in VARIANTS:
        if GENERATION not in generations:
            continue
        model = model_of(fields)
        c, state = model.cfg, model.state_dict()
        truth = counted(model_of(fields))
        right = "either" if name in SAME + FACTOR else "reads" if sign is None else "refuses"
        # What a refusal may name: the fields, their values, or what a bare state dict gives away.
        words = [*fields, *[x for x in fields.values() if isinstance(x, str)], *(sign or "").split("|")]
        mention = [] if right == "reads" else ["|".join(w for w in words if w)]

        def add(layout, data, right=right, mention=mention, end="pt"):
            file = f"lens{GENERATION}-{name}-{layout}.{end}"
            folder.add(file, data, truth, right, mention, f"TransformerLens {version('transformer_lens')}")

        if GENERATION == 4:
            # The names of layers tell neither the number of heads nor that the rest is plain.
            unknown = "refuses" if right == "refuses" else "either"
            add("state-dict", saved(dict(state)), unknown, ["q.weight|tl_parameters|head"])
            add("state-dict-and-config", saved({"model": dict(state), "config": c}), unknown, [])
            weights = {k: x.detach().contiguous() for k, x in model.tl_parameters().items()}
            if right != "refuses" or name in (
                "ln",
                "rms",
                "two-heads",
                "two-small-heads",
                "two-layers",
                "mlp",
                "rotary",
            ):
                # A model without an MLP gets one of zeros here, and a scale is not in it.
                if name not in FACTOR:
                    add("parameters", saved(weights), "refuses" if right == "refuses" else "either", [])
                    add(
                        "parameters", tensors(weights), "refuses" if right == "refuses" else "either", [], "safetensors"
                    )
            weights = {k: x for k, x in weights.items() if "mlp" not in k or not c.attn_only}
        else:
            weights = state
            # LNPre and shortformer show only in the names of modules, a local window in the mask.
            if sign != "" and not (name == "local" and GENERATION == 3):
                add("state-dict", saved(state), mention=[sign] if sign else mention)
            if right == "reads":
                add("parameters", saved({k: x.detach() for k, x in model.named_parameters()}))
                add("module", saved(model), "either", ["module|HookedTransformer"])
            elif name in ("lnpre", "alibi", "local", "no-scale", "half-scale"):
                add("module", saved(model), mention=[f"module|HookedTransformer|{mention[0]}"])
        add("config", saved({"model": weights, "model_config": c}))
        plain = {k: str(x) if k == "dtype" else x for k, x in vars(c).items()}
        add("config-dict", saved({"model": weights, "config": plain}))


if __name__ == "__main__":
    into = Folder(sys.argv[1])
    add_all(into)
    into.close()
