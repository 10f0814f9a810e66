"""Every kind of value in a pickle of PyTorch, NumPy or Python: as a bias, an embedding, an MLP, an unknown entry."""

import argparse
import array
import collections
import copy
import dataclasses
import datetime
import enum
import fractions
import io
import os
import pathlib
import sys
import tempfile
import types

import numpy
import torch

from network import MLP, count, mlp, network

mine = types.ModuleType("mine")
sys.modules["mine"] = mine


def in_mine(cls):
    """Lets `cls` be pickled as `mine.NAME`, a class that no reader knows."""
    cls.__module__, cls.__qualname__ = "mine", cls.__name__
    setattr(mine, cls.__name__, cls)
    return cls


Tagged = in_mine(type("Tagged", (torch.Tensor,), {}))
Own = in_mine(type("Own", (torch.nn.Parameter,), {}))
Pair = in_mine(collections.namedtuple("Pair", "weight other"))
Colour = in_mine(enum.Enum("Colour", "RED"))


@in_mine
@dataclasses.dataclass
class Holder:
    """A dataclass around a value."""

    weight: object


@in_mine
class Rebuilt:
    """A value that is pickled as a call of a function that no reader knows."""

    def __init__(self, value):
        self.value = value

    def __reduce__(self):
        return mine.rebuild, (self.value,)


def rebuild(value):
    return Rebuilt(value)


rebuild.__module__ = "mine"
mine.rebuild = rebuild


class Call:
    """A value that is pickled as a call of `function`, one of torch's own."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def with_attribute(tensor, name="note"):
    setattr(tensor, name, "mine")
    return tensor


def distributed(t):
    """`t` as a DTensor of one process."""
    import torch.distributed as dist
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Replicate, distribute_tensor

    if not dist.is_initialized():
        store = dist.FileStore(os.path.join(tempfile.mkdtemp(), "store"), 1)
        dist.init_process_group("gloo", rank=0, world_size=1, store=store)
    return distribute_tensor(t, init_device_mesh("cpu", (1,)), [Replicate()])


def strided(t):
    """`t` as every second entry of a larger storage, from an offset."""
    large = torch.full((2 * t.numel() + 5,), 9.0)
    view = large[5:].as_strided(t.shape, [2 * s for s in t.stride()], 5)
    return view.copy_(t)


def kinds(t):
    """(kind, value, the tensor it means or None, what is right, what a refusal mentions).

    "plain" values say nothing about the function where they are no weight.
    """
    t = t.clone()
    a = t.numpy()
    c = torch.complex(t, torch.zeros_like(t))
    whole = t.round()
    reads = [
        ("parameter", torch.nn.Parameter(t), t),
        ("requires-grad", t.clone().requires_grad_(), t),
        ("own-parameter", Own(t), t),
        ("float64", t.double(), t),
        ("float16", t.half(), t),
        ("bfloat16", t.bfloat16(), t),
        ("strided", strided(t), t),
        ("deepcopied", copy.deepcopy(torch.nn.Parameter(t)), t),
        ("channels-first", t.t().contiguous().t() if t.dim() == 2 else t, t),
    ]
    for name, value, means in reads:
        yield name, value, means, "reads", ""
    either = [
        ("parameter-with-attribute", with_attribute(torch.nn.Parameter(t.clone())), t, "attribute|state"),
        ("attribute", with_attribute(t.clone()), t, "attribute|_rebuild_from_type_v2"),
        ("buffer", torch.nn.Buffer(t.clone()), t, "buffer|_rebuild_from_type_v2"),
        ("subclass", t.as_subclass(Tagged), t, "Tagged"),
        ("parameter-of-subclass", torch.nn.Parameter(t.as_subclass(Tagged)), t, "Tagged"),
        ("negated", torch._neg_view(t), -t, "neg"),
        ("imaginary-of-conjugate", torch.complex(t, t).conj().imag, -t, "neg"),
        ("real-of-complex", torch.complex(t, t).real, t, ""),
        ("complex64", c, t, "complex"),
        ("complex128", c.to(torch.complex128), t, "complex"),
        ("conjugate", c.conj(), t, "complex|conj"),
        ("complex32", c.to(torch.complex32), t, "complex"),
        ("sparse-coo", t.to_sparse(), t, "sparse"),
        ("quantized", torch.quantize_per_tensor(t, 0.125, 3, torch.qint8), t, "quanti"),
        (
            "device-cpu",
            Call(torch._utils._rebuild_device_tensor_from_cpu_tensor, t, torch.float32, "cpu", False),
            t,
            "_rebuild_device_tensor_from_cpu_tensor|device",
        ),
        (
            "device-cpu-int",
            Call(torch._utils._rebuild_device_tensor_from_cpu_tensor, t, torch.int8, "cpu", False),
            t.to(torch.int8),
            "_rebuild_device_tensor_from_cpu_tensor|device",
        ),
        (
            "device-numpy",
            Call(torch._utils._rebuild_device_tensor_from_numpy, a, torch.float32, "cpu", False),
            t,
            "_rebuild_device_tensor_from_numpy|device",
        ),
        ("dtensor", distributed(t), t, "DTensor"),
        ("numpy", a, t, "numpy"),
        ("numpy-float64", a.astype("f8"), t, "numpy"),
        ("numpy-float16", a.astype("f2"), t, "numpy"),
        ("numpy-big-endian", a.astype(">f4"), t, "numpy"),
        ("numpy-fortran", numpy.asfortranarray(a), t, "numpy"),
        ("numpy-int", a.round().astype("i4"), whole, "numpy"),
        ("numpy-object", a.astype(object), t, "numpy"),
        ("numpy-strings", a.astype(str), t, "numpy"),
        ("numpy-complex", a.astype("c8"), t, "numpy"),
        ("numpy-masked", numpy.ma.array(a, mask=a > 9), t, "numpy"),
        ("numpy-matrix", numpy.asmatrix(a), t, "numpy"),
        ("numpy-structured", a.astype([("x", "f4")]), t, "numpy"),
        ("list", t.tolist(), t, "list"),
        ("tuple", tuple(t.tolist()), t, "tuple"),
        ("deque", collections.deque(t.tolist()), t, "deque"),
        ("storage", t.flatten().storage(), t, "storage"),
        ("untyped-storage", t.flatten().untyped_storage(), t, "storage"),
        ("array", array.array("f", a.flatten().tolist()), t, "array"),
        ("bytes", a.tobytes(), t, "bytes"),
        ("string", str(t.tolist()), t, "str|text"),
        (
            "nested",
            torch.nested.nested_tensor(list(t.unbind())) if t.dim() > 1 else torch.nested.nested_tensor([t]),
            t,
            "nested",
        ),
    ]
    if t.dim() == 2:
        either += [
            ("sparse-csr", t.to_sparse_csr(), t, "sparse"),
            ("sparse-csc", t.to_sparse_csc(), t, "sparse"),
            ("sparse-bsr", t.to_sparse_bsr((1, 2)), t, "sparse"),
            (
                "quantized-channels",
                torch.quantize_per_channel(t, torch.full((len(t),), 0.125), torch.zeros(len(t)), 0, torch.qint8),
                t,
                "quanti",
            ),
        ]
    for dtype in (
        "float8_e4m3fn",
        "float8_e5m2",
        "float8_e4m3fnuz",
        "float8_e5m2fnuz",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "bool",
    ):
        signed = not dtype.startswith(("u", "b"))
        value = (t if dtype.startswith("float") else whole if signed else whole.abs()).to(getattr(torch, dtype))
        either.append((dtype.replace("_", "-"), value, value.float(), dtype.split("_")[0] + "|F8|I|U|BOOL"))
    for name, value, means, mention in either:
        yield name, value, means, "either", mention
    for name, value, mention in [
        ("list-of-tensors", list(t.unbind()), "list"),
        ("tuple-of-tensors", t.unbind(), "tuple"),
        ("dict-of-tensor", {"weight": t}, "dict"),
        ("ordered-dict-of-tensor", collections.OrderedDict(weight=t), "dict"),
        ("namedtuple", Pair(t, 1), "Pair"),
        ("dataclass", Holder(t), "Holder"),
        ("namespace", argparse.Namespace(weight=t), "Namespace"),
        ("parameter-list", torch.nn.ParameterList([t]), "ParameterList"),
        ("parameter-dict", torch.nn.ParameterDict({"weight": t}), "ParameterDict"),
        ("module", torch.nn.Linear(2, 2), "Linear"),
        ("unknown-constructor", Rebuilt(t), "mine"),
        ("meta", t.to("meta"), "meta"),
        ("uninitialized", torch.nn.parameter.UninitializedParameter(), "Uninitialized"),
        ("float4", torch.zeros(t.shape, dtype=torch.uint8).view(torch.float4_e2m1fn_x2), "float4"),
        ("float8-e8m0", t.abs().to(torch.float8_e8m0fnu), "float8"),
        ("not-finite", torch.full_like(t, torch.nan), "finite|NaN"),
        ("infinite", t / 0, "finite|inf"),
        ("empty", torch.zeros(0), ""),
        ("zero-dimensional", torch.zeros(()), ""),
        ("function", torch.relu, ""),
        ("set", {1.0, 2.0}, "set"),
        ("numpy-generator", numpy.random.default_rng(0), ""),
    ]:
        yield name, value, None, "refuses", mention
    for name, value in [
        ("none", None),
        ("integer", 3),
        ("float", 0.5),
        ("true", True),
        ("fraction", fractions.Fraction(1, 2)),
        ("complex", 1j),
        ("size", torch.Size([2])),
        ("device", torch.device("cpu")),
        ("dtype", torch.float32),
        ("path", pathlib.PurePosixPath("a/b")),
        ("date", datetime.datetime(2026, 1, 1)),
        ("enum", Colour.RED),
        ("numpy-scalar", numpy.float64(0.5)),
        ("numpy-zero-dimensional", numpy.array(0.5)),
        ("numpy-dtype", numpy.dtype("f4")),
        ("range", range(3)),
        ("slice", slice(1, 2)),
        ("counter", collections.Counter("ab")),
        ("default-dict", collections.defaultdict(int, a=1)),
        ("class", torch.nn.Linear),
    ]:
        yield name, value, None, "plain", ""


def saved(value, **options):
    """The bytes of torch.save."""
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


def add_all(folder):
    """Every kind in each of four places of a state dict."""
    whole = network()
    bias, embedding = whole["unembed.b_U"], whole["embed.W_E"]

    def add(place, kind, entries, meant, right, mention, name):
        if right == "plain":
            right, meant = ("either", whole) if place == "extra" else ("refuses", None)
        truth = None if meant is None else count(meant)
        entry = name if right != "reads" else ""
        folder.add(
            f"kind-{place}-{kind}.pt",
            saved(entries),
            truth,
            right,
            [m for m in (entry, mention) if m],
            f"`{name}` is of this kind: {kind}",
        )

    for kind, value, means, right, mention in kinds(bias):
        rest = {k: x for k, x in whole.items() if k != "unembed.b_U"}
        meant = None if means is None else rest | {"unembed.b_U": means.to(torch.float32)}
        if kind in ("none",):  # a module's absent bias
            add("bias", kind, rest | {"unembed.b_U": value}, rest, "either", mention, "unembed.b_U")
        else:
            add("bias", kind, rest | {"unembed.b_U": value}, meant, right, mention, "unembed.b_U")
        extra_right = right if right == "plain" else "refuses"
        add("extra", kind, whole | {"blocks.0.attn.gate": value}, None, extra_right, "", "blocks.0.attn.gate")
    for kind, value, means, right, mention in kinds(embedding):
        if right != "plain":
            meant = None if means is None else whole | {"embed.W_E": means.to(torch.float32)}
            add("embedding", kind, whole | {"embed.W_E": value}, meant, right, mention, "embed.W_E")
    layers = {k: dict((kind, value) for kind, value, *_ in kinds(x)) for k, x in mlp().items()}
    for kind, _, means, right, _ in kinds(mlp()[MLP + "b_out"]):
        if right in ("reads", "either"):
            add("mlp", kind, whole | {k: x[kind] for k, x in layers.items() if kind in x}, None, "refuses", "mlp", MLP)
