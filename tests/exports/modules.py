"""Whole modules, by torch.save and by the other exports of PyTorch."""

import pathlib
import tempfile

import torch

from configurations import LNPRE, PLAIN, Config
from kinds import in_mine, mine, saved
from network import ATTN, D, N, V, count, logits, network


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
        part = lambda prefix: Part(**{k[len(prefix) :]: x for k, x in w.items() if k.startswith(prefix)})
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


def add_all(folder):
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
        ("plain", Net(w), plain, "either", ["module|Net|DataParallel|Sequential"]),
        ("eval", training, plain, "either", ["module|Net|DataParallel|Sequential"]),
        ("in-model", {"model": Net(w), "epoch": 1}, plain, "either", ["model"]),
        ("data-parallel", torch.nn.DataParallel(Net(w)), plain, "either", ["module|Net|DataParallel|Sequential"]),
        ("in-list", torch.nn.Sequential(Net(w)), plain, "either", ["module|Net|DataParallel|Sequential"]),
        ("cfg-plain", Net(w, cfg=Config(**PLAIN)), plain, "either", ["module|Net|DataParallel|Sequential"]),
        ("cfg-lnpre", Net(w, cfg=Config(**LNPRE)), count(w, norm="LNPre"), "refuses", ["LNPre|module|Net"]),
        ("cfg-dict-lnpre", Net(w, cfg=LNPRE), count(w, norm="LNPre"), "refuses", ["LNPre|module|Net"]),
        ("field-attribute", Net(w, normalization_type="LNPre"), None, "refuses", ["LNPre|module|Net"]),
        ("ln-final", Net(w, ln_final=torch.nn.LayerNorm(D)), None, "refuses", ["ln_final|Net"]),
        (
            "ln-final-no-weights",
            Net(w, ln_final=torch.nn.LayerNorm(D, elementwise_affine=False)),
            None,
            "refuses",
            ["ln_final|Net"],
        ),
        ("squash", Net(w, squash=Squash()), None, "refuses", ["squash|Net"]),
        ("relu", Net(w, act=torch.nn.ReLU()), None, "refuses", ["act|Net"]),
        ("dropout", Net(w, dropout=torch.nn.Dropout(0.5)), plain, "either", ["dropout|Net"]),
        ("identity", Net(w, ln_final=torch.nn.Identity()), plain, "either", ["module|Net|ln_final"]),
        (
            "mlp",
            Net(w, mlp=torch.nn.Sequential(torch.nn.Linear(D, 2), torch.nn.ReLU(), torch.nn.Linear(2, D))),
            None,
            "refuses",
            ["mlp|Net"],
        ),
        ("tensor-attribute", Net(w, temperature=torch.tensor(2.0)), None, "refuses", ["temperature|Net"]),
        ("bias-as-plain-tensor", plain_tensor, plain, "either", ["b_U|Net"]),
        ("bias-none", none, count({k: x for k, x in w.items() if k != "unembed.b_U"}), "either", ["b_U|module|Net"]),
        ("mask", buffered, local, "refuses", ["mask|module|Net"]),
        ("silent-mask", silent, local, "refuses", ["mask|module|Net"]),
        ("forward-hook", hooked, None, "refuses", ["hook|Net"]),
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
                folder.add(
                    "foreign-shard.distcp", part.read_bytes(), None, "refuses", ["distcp|distributed"], "a shard"
                )
        folder.add(
            "module-graph.pt", saved(torch.fx.symbolic_trace(Squash())), None, "refuses", ["graph|module"], "torch.fx"
        )
