"""The small networks that the files of this folder hold, and what PyTorch counts for them in float64.

A network is a dictionary of float32 tensors under TransformerLens names. Its entries are multiples of 1/8, exact in
float16 and bfloat16 too. `count` says on how many of all inputs the largest token gets strictly the largest logit.
"""

import itertools
import json
import math
import pathlib
import random

import torch

V, N, D, H = 6, 3, 4, 4
ATTN, MLP = "blocks.0.attn.", "blocks.0.mlp."


def network(biases=("b_Q", "b_U"), heads=1, v=V, n=N):
    """A network that is right on more than half of its inputs, and whose every entry matters."""
    random_ = random.Random(3738)

    def noise(*shape, scale=4):
        return torch.tensor([random_.randint(-scale, scale) / 8 for _ in range(math.prod(shape))]).reshape(shape)

    tokens = torch.arange(v) - (v - 1) / 2
    eighths = lambda x: (x * 8).round() / 8
    w = {
        "embed.W_E": noise(v, D, scale=2) + eighths(torch.stack([tokens / 2] + 3 * [0 * tokens], 1)),
        "pos_embed.W_pos": noise(n, D) + torch.tensor([0.0, 2, 0, 0]),
        ATTN + "W_Q": noise(heads, D, H, scale=3) + torch.tensor([[0.0] * H, [1.5] + 3 * [0.0]] + 2 * [[0.0] * H]),
        ATTN + "W_K": noise(heads, D, H, scale=3) + torch.tensor([[2.0, 0, 0, 0]] + 3 * [[0.0] * H]),
        ATTN + "W_V": noise(heads, D, H, scale=2) + torch.eye(D, H),
        ATTN + "W_O": noise(heads, H, D, scale=2) + torch.eye(H, D),
        "unembed.W_U": noise(D, v, scale=2) + eighths(torch.stack([tokens] + 3 * [0 * tokens])),
    }
    all_biases = {
        "b_Q": noise(heads, H, scale=8),
        "b_V": noise(heads, H, scale=8),
        "b_O": noise(D, scale=8),
        "b_U": eighths(noise(v, scale=2) - tokens**2 / 4 + 1),
    }
    w |= {("unembed." if b == "b_U" else ATTN) + b: x for b, x in all_biases.items() if b in biases}
    return w


def mlp(width=4):
    """The four tensors of an MLP that changes much."""
    shapes = {"W_in": (D, width), "b_in": (width,), "W_out": (width, D), "b_out": (D,)}
    random_ = random.Random(5)
    return {
        MLP + k: torch.tensor([random_.randint(-12, 12) / 8 for _ in range(math.prod(s))]).reshape(s)
        for k, s in shapes.items()
    }


def logits(w, tokens, scale=None, norm=None, positions="standard", window=None, attn_cap=0.0, cap=0.0, causal=True):
    """Logits at the last position, as TransformerLens computes them: [inputs, v]."""
    w = {k: x.detach().to_dense().to(torch.float64) for k, x in w.items()}
    n = tokens.shape[1]
    normalized = {
        None: lambda x: x,
        "LNPre": lambda x: (c := x - x.mean(-1, True)) / (c.pow(2).mean(-1, True) + 1e-5).sqrt(),
        "RMSPre": lambda x: x / (x.pow(2).mean(-1, True) + 1e-5).sqrt(),
    }[norm]
    soft = lambda x, c: c * torch.tanh(x / c) if c > 0 else x
    embedded = w["embed.W_E"][tokens]
    here = w["pos_embed.W_pos"][:n] if positions in ("standard", "shortformer") else 0.0
    x = embedded + here if positions == "standard" else embedded
    layer = 0
    while f"blocks.{layer}.attn.W_Q" in w:
        b = lambda name: w.get(f"blocks.{layer}.{name}", torch.zeros(()))
        z = normalized(x)
        side = z + here if positions == "shortformer" else z
        bias = lambda name: b(f"attn.b_{name}").unsqueeze(-2) if b(f"attn.b_{name}").dim() else 0.0
        q, k, v = (
            torch.einsum("bnd,edh->benh", a, b(f"attn.W_{m}")) + bias(m)
            for a, m in ((side, "Q"), (side, "K"), (z, "V"))
        )
        scores = soft(q @ k.transpose(-1, -2) / (scale or math.sqrt(q.shape[-1])), attn_cap)
        to, of = torch.arange(n)[:, None], torch.arange(n)[None]
        if positions == "alibi":
            heads = torch.arange(q.shape[1])
            slopes = 2.0 ** (-8 / len(heads) * (heads + 1))
            scores = scores + (of - to).clamp(max=0) * slopes[:, None, None]
        seen = ((of <= to) if causal else (of >= 0)) & ((of > to - window) if window else (of >= 0))
        pattern = scores.masked_fill(~seen, -torch.inf).softmax(-1)
        x = x + torch.einsum("benh,ehd->bnd", pattern @ v, b("attn.W_O")) + b("attn.b_O")
        if f"blocks.{layer}.mlp.W_in" in w:
            x = x + torch.relu(normalized(x) @ b("mlp.W_in") + b("mlp.b_in")) @ b("mlp.W_out") + b("mlp.b_out")
        layer += 1
    out = normalized(x)[:, -1] @ w["unembed.W_U"] + w.get("unembed.b_U", torch.zeros(()))
    return soft(out, cap)


def inputs(v=V, n=N):
    """All sequences: [v^n, n]."""
    return torch.tensor(list(itertools.product(range(v), repeat=n)))


def right(out, tokens):
    """How many rows of logits are largest, strictly, at the largest token; none may be within rounding of a tie."""
    largest = tokens.max(1).values
    own = out.gather(1, largest[:, None])
    rest = out.scatter(1, largest[:, None], -torch.inf).max(1, keepdim=True).values
    assert (own - rest).abs().min() > 1e-9, "a tie: choose other weights"
    return int((own > rest).sum())


def count(w, **function):
    """On how many of all inputs the network `w` is right, in float64."""
    tokens = inputs(w["embed.W_E"].shape[0], w["pos_embed.W_pos"].shape[0])
    return right(logits(w, tokens, **function), tokens)


class Folder:
    """A folder of files with `index.json`: what each holds and what is right to do with it."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        index = self.path / "index.json"
        self.index = json.loads(index.read_text()) if index.exists() else []

    def add(self, file, data, truth, right, must_mention, note):
        """Writes `data` as `file`.

        truth: how many inputs the saved network is right on, None if the file holds none.
        right: "reads" (with that count), "refuses" (naming what must be mentioned), "either" of the two.
        must_mention: what a refusal says, in any case; `a|b` means one of them.
        """
        assert truth is not None or right == "refuses", file
        (self.path / file).write_bytes(data)
        entry = dict(file=file, truth=truth, right=right, must_mention=must_mention, note=note, bytes=len(data))
        self.index = [e for e in self.index if e["file"] != file] + [entry]

    def close(self):
        lines = ",\n".join(json.dumps(e) for e in sorted(self.index, key=lambda e: e["file"]))
        (self.path / "index.json").write_text(f"[\n{lines}\n]\n")
