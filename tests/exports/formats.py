"""JSON, NumPy archives, safetensors, and files that are something else, cut short or damaged on their way."""

import base64
import bz2
import gzip
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib

import numpy
import torch

from configurations import CHANGING, LNPRE, PLAIN
from kinds import saved
from layouts import prefixed
from network import ATTN, N, V, count, logits, mlp, network


def listed(w):
    return {k: x.tolist() for k, x in w.items()}


def add_json(folder):
    w = network()
    plain = count(w)
    causal, local = torch.ones(N, N).tril().bool(), torch.ones(N, N).tril().triu(-1).bool()
    mask = lambda m: listed(w) | {ATTN + "mask": m.tolist(), ATTN + "IGNORE": float("-inf")}
    bias = lambda value: listed(w) | {"unembed.b_U": value}
    b, text = w["unembed.b_U"].tolist(), json.dumps(listed(w))
    for name, value, truth, right, mention in [
        ("plain", listed(w), plain, "reads", []),
        ("null-bias", bias(None), None, "refuses", ["unembed.b_U"]),
        ("nan", bias([float("nan")] + b[1:]), None, "refuses", ["NaN"]),
        ("infinity", bias([float("inf")] + b[1:]), None, "refuses", ["inf"]),
        ("mask", mask(causal), plain, "either", ["mask|IGNORE|Infinity"]),
        ("mask-local", mask(local), count(w, window=2), "refuses", ["mask|IGNORE|Infinity"]),
        ("mask-finite", mask(causal) | {ATTN + "IGNORE": -1e5}, plain, "reads", []),
        ("mask-finite-local", mask(local) | {ATTN + "IGNORE": -1e5}, count(w, window=2), "refuses", ["mask"]),
        ("mask-numbers-local", mask(local.long()) | {ATTN + "IGNORE": -1e5}, count(w, window=2), "refuses", ["mask"]),
        ("mask-null", listed(w) | {ATTN + "mask": None}, plain, "either", ["mask"]),
        ("in-state-dict", {"state_dict": listed(w)}, plain, "either", ["state_dict"]),
        ("in-model", {"model": listed(w), "epoch": 3}, plain, "either", ["model"]),
        ("config", {"model": listed(w), "config": LNPRE}, count(w, norm="LNPre"), "refuses", ["LNPre|config|model"]),
        ("config-beside", listed(w) | {"config": LNPRE}, count(w, norm="LNPre"), "refuses", ["LNPre|config"]),
        ("config-beside-plain", listed(w) | {"config": PLAIN}, plain, "either", ["config"]),
        ("fields-beside", listed(w) | {"normalization_type": "LNPre"}, None, "refuses", ["normalization_type"]),
        ("booleans", bias([True] * V), None, "refuses", ["unembed.b_U"]),
        ("strings", bias([str(x) for x in b]), None, "refuses", ["unembed.b_U"]),
        ("ragged", bias(b[:-1]), None, "refuses", ["unembed.b_U"]),
        ("empty-bias", bias([]), None, "refuses", ["unembed.b_U"]),
        ("object-bias", bias({"data": b, "shape": [V]}), plain, "either", ["unembed.b_U"]),
        ("number-bias", bias(0.5), None, "refuses", ["unembed.b_U"]),
        ("mlp", listed(w | mlp()), count(w | mlp()), "refuses", ["mlp"]),
        ("extra", listed(w) | {"note": "mine"}, plain, "either", ["note"]),
        ("prefixed", listed(prefixed(w, "module.")), plain, "either", ["module."]),
        ("nested-names", {"embed": {"W_E": w["embed.W_E"].tolist()}}, None, "refuses", ["embed|W_"]),
        ("array", [1, 2], None, "refuses", []),
    ]:
        folder.add(
            f"json-{name}.json", json.dumps(value).encode(), truth, right, mention, "JSON as Python's json writes it"
        )
    twice = text[:-1] + ', "unembed.b_U": ' + json.dumps([0.0] * V) + "}"
    for name, data, truth, right, mention in [
        ("twice", twice.encode(), None, "refuses", ["unembed.b_U"]),
        ("python", str(listed(w)).encode(), plain, "refuses", []),
        ("byte-order-mark", b"\xef\xbb\xbf" + text.encode(), plain, "either", ["byte order mark|UTF|BOM|JSON"]),
        ("utf-16", text.encode("utf-16"), plain, "refuses", ["UTF-16|text|JSON|weights"]),
        ("too-large", text.replace(str(b[0]), "1e999", 1).encode(), None, "refuses", []),
        ("cut", text[:-40].encode(), None, "refuses", []),
        ("trailing", (text + " {}").encode(), None, "refuses", []),
        ("windows-lines", json.dumps(listed(w), indent=1).replace("\n", "\r\n").encode(), plain, "reads", []),
    ]:
        folder.add(f"json-{name}.json", data, truth, right, mention, "JSON text")


def archived(entries, compress=False, **options):
    out = io.BytesIO()
    (numpy.savez_compressed if compress else numpy.savez)(out, **entries, **options)
    return out.getvalue()


def add_npz(folder):
    w = network()
    a = {k: x.numpy() for k, x in w.items()}
    plain, b = count(w), a["unembed.b_U"]
    local = numpy.tril(numpy.triu(numpy.ones((N, N), bool), -1))
    whole = count(w | {"unembed.b_U": w["unembed.b_U"].round()})
    bias = lambda value: a | {"unembed.b_U": value}
    bf16 = lambda x: (x.view("u4") >> 16).astype("u2").view("V2")
    for name, value, truth, right, mention in [
        ("plain", a, plain, "reads", []),
        ("big-endian", {k: x.astype(">f4") for k, x in a.items()}, plain, "either", ["big-endian"]),
        ("fortran", {k: numpy.asfortranarray(x) for k, x in a.items()}, plain, "reads", []),
        ("float16", {k: x.astype("f2") for k, x in a.items()}, plain, "reads", []),
        ("float64", {k: x.astype("f8") for k, x in a.items()}, plain, "reads", []),
        ("bfloat16", {k: bf16(x) for k, x in a.items()}, plain, "either", ["bfloat16"]),
        ("bfloat16-bias", bias(bf16(b)), plain, "either", ["unembed.b_U", "bfloat16"]),
        ("integer-bias", bias(b.round().astype("i4")), whole, "either", ["unembed.b_U"]),
        (
            "boolean-bias",
            bias(b > 0),
            count(w | {"unembed.b_U": (w["unembed.b_U"] > 0).float()}),
            "either",
            ["unembed.b_U"],
        ),
        ("complex-bias", bias(b.astype("c8")), plain, "either", ["unembed.b_U"]),
        ("object-bias", bias(b.astype(object)), plain, "either", ["unembed.b_U"]),
        ("structured-bias", bias(b.astype([("x", "f4")])), plain, "either", ["unembed.b_U"]),
        ("string-bias", bias(b.astype(str)), plain, "either", ["unembed.b_U"]),
        ("long-double-bias", bias(b.astype(numpy.longdouble)), plain, "either", ["unembed.b_U"]),
        ("empty-bias", bias(b[:0]), None, "refuses", ["unembed.b_U"]),
        ("number-bias", bias(numpy.array(0.5)), None, "refuses", ["unembed.b_U"]),
        ("none-bias", bias(numpy.array(None)), None, "refuses", ["unembed.b_U"]),
        ("mask-local", a | {ATTN + "mask": local}, count(w, window=2), "refuses", ["mask"]),
        ("mask-float-local", a | {ATTN + "mask": local.astype("f4")}, count(w, window=2), "refuses", ["mask"]),
        (
            "mask-causal",
            a | {ATTN + "mask": numpy.tri(N, dtype=bool), ATTN + "IGNORE": numpy.float32("-inf")},
            plain,
            "reads",
            [],
        ),
        ("mlp", a | {k: x.numpy() for k, x in mlp().items()}, count(w | mlp()), "refuses", ["mlp"]),
        (
            "config-json",
            a | {"config": numpy.array(json.dumps(LNPRE))},
            count(w, norm="LNPre"),
            "refuses",
            ["LNPre|config"],
        ),
        (
            "config-object",
            a | {"config": numpy.array(LNPRE, dtype=object)},
            count(w, norm="LNPre"),
            "refuses",
            ["config"],
        ),
        ("config-number", a | {"n_heads": numpy.array(2)}, None, "refuses", ["n_heads"]),
        ("config-text", a | {"normalization_type": numpy.array("LNPre")}, None, "refuses", ["normalization_type"]),
        ("one-object", {"state_dict": numpy.array(a, dtype=object)}, plain, "refuses", ["state_dict"]),
        ("prefixed", prefixed(a, "module."), plain, "either", ["module."]),
        ("unnamed", {f"arr_{i}": x for i, x in enumerate(a.values())}, plain, "refuses", ["arr_0"]),
        ("extra", a | {"blocks.0.attn.gate": b}, None, "refuses", ["gate"]),
        ("epoch", a | {"epoch": numpy.array(3)}, plain, "either", ["epoch"]),
        ("grouped", {k.replace("W_K", "_W_K"): x for k, x in a.items()}, plain, "either", ["_W_K"]),
    ]:
        folder.add(f"npz-{name}.npz", archived(value), truth, right, mention, "numpy.savez")
    folder.add("npz-compressed.npz", archived(a, compress=True), plain, "reads", [], "numpy.savez_compressed")


def tensors(entries, metadata=None, rows=None):
    """A safetensors file, written by hand so that it can also be wrong."""
    header, data = {}, b""
    kinds = {
        torch.float32: "F32",
        torch.float16: "F16",
        torch.bfloat16: "BF16",
        torch.float64: "F64",
        torch.bool: "BOOL",
        torch.int64: "I64",
        torch.uint8: "U8",
        torch.float8_e4m3fn: "F8_E4M3",
        torch.complex64: "C64",
        torch.uint16: "U16",
    }
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, x in entries.items():
        raw = bytes(x.contiguous().flatten().view(torch.uint8).tolist()) if x.numel() else b""
        header[name] = {
            "dtype": kinds[x.dtype],
            "shape": list(x.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header | (rows or {})).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def fingerprint(w, change=0.0, sequences=((5, 0, 1), (0, 1, 2), (2, 2, 2), (3, 4, 0)), **function):
    """What README's snippet writes: logits at the last position of four inputs."""
    outs = [logits(w, torch.tensor([s]), **function)[0] for s in sequences]
    outs[-1] = outs[-1] + change
    return json.dumps([{"tokens": list(s), "logits": [float(x) for x in o.float()]} for s, o in zip(sequences, outs)])


def add_safetensors(folder):
    w = network()
    plain, b = count(w), w["unembed.b_U"]
    causal, local = torch.ones(N, N).tril().bool(), torch.ones(N, N).tril().triu(-1).bool()
    short = {
        k: PLAIN[k]
        for k in (
            "n_layers",
            "n_heads",
            "d_model",
            "d_head",
            "n_ctx",
            "d_vocab",
            "d_vocab_out",
            "attn_only",
            "normalization_type",
            "positional_embedding_type",
            "attention_dir",
            "attn_scale",
            "use_attn_scale",
        )
    }
    c = lambda fields: {"config": json.dumps(short | fields)}
    for name, entries, metadata, truth, right, mention in [
        ("plain", w, None, plain, "reads", []),
        ("format", w, {"format": "pt"}, plain, "reads", []),
        ("config", w, c({}), plain, "reads", []),
        ("logits", w, {"logits": fingerprint(w)}, plain, "reads", []),
        ("config-and-logits", w, c({}) | {"logits": fingerprint(w)}, plain, "reads", []),
        ("scale", w, c({"attn_scale": 0.5}), count(w, scale=0.5), "either", ["attn_scale"]),
        (
            "scale-and-logits",
            w,
            c({"attn_scale": 0.5}) | {"logits": fingerprint(w, scale=0.5)},
            count(w, scale=0.5),
            "either",
            ["attn_scale"],
        ),
        (
            "scale-and-other-logits",
            w,
            c({"attn_scale": 0.5}) | {"logits": fingerprint(w)},
            None,
            "refuses",
            ["logits|attn_scale"],
        ),
        ("other-logits", w, {"logits": fingerprint(w, change=0.01)}, None, "refuses", ["logits"]),
        ("lnpre-logits", w, {"logits": fingerprint(w, norm="LNPre")}, None, "refuses", ["logits"]),
        ("nan-logits", w, {"logits": fingerprint(w, change=float("nan"))}, None, "refuses", ["logits"]),
        ("short-tokens", w, {"logits": fingerprint(w, sequences=((5, 0),))}, None, "refuses", ["logits|token"]),
        (
            "large-tokens",
            w,
            {"logits": fingerprint(w).replace("[5, 0, 1]", "[6, 0, 1]")},
            None,
            "refuses",
            ["logits|token"],
        ),
        ("no-logits", w, {"logits": "[]"}, plain, "either", ["logits"]),
        ("broken-logits", w, {"logits": "[{"}, None, "refuses", ["logits"]),
        ("few-logits", w, {"logits": '[{"tokens": [5, 0, 1], "logits": [0.5]}]'}, None, "refuses", ["logits"]),
        ("text-logits", w, {"logits": "see notes"}, None, "refuses", ["logits"]),
        ("broken-config", w, {"config": "{"}, None, "refuses", ["config"]),
        ("text-config", w, {"config": "max-of-3"}, plain, "either", ["config"]),
        ("null-config", w, {"config": "null"}, plain, "either", ["config"]),
        ("number-metadata", w, {"epoch": 3}, None, "either", ["metadata|header"]),
        ("model-config", w, {"model_config": json.dumps(LNPRE)}, count(w, norm="LNPre"), "refuses", ["LNPre"]),
        ("field-metadata", w, {"normalization_type": "LNPre"}, count(w, norm="LNPre"), "refuses", ["LNPre"]),
        ("training-metadata", w, {"epoch": "3", "note": "mine"}, plain, "reads", []),
        ("bfloat16", {k: x.bfloat16() for k, x in w.items()}, None, plain, "reads", []),
        ("float16", {k: x.half() for k, x in w.items()}, None, plain, "reads", []),
        (
            "float8-bias",
            w | {"unembed.b_U": b.to(torch.float8_e4m3fn)},
            None,
            count(w | {"unembed.b_U": b.to(torch.float8_e4m3fn).float()}),
            "either",
            ["unembed.b_U", "F8"],
        ),
        (
            "int64-bias",
            w | {"unembed.b_U": b.round().long()},
            None,
            count(w | {"unembed.b_U": b.round()}),
            "either",
            ["unembed.b_U", "I64|int64"],
        ),
        ("complex-bias", w | {"unembed.b_U": b.to(torch.complex64)}, None, plain, "either", ["unembed.b_U"]),
        (
            "mask-causal",
            w | {ATTN + "mask": causal, ATTN + "IGNORE": torch.tensor(-torch.inf)},
            None,
            plain,
            "reads",
            [],
        ),
        ("mask-local", w | {ATTN + "mask": local}, None, count(w, window=2), "refuses", ["mask"]),
        ("mask-empty", w | {ATTN + "mask": causal[:0, :0]}, None, plain, "reads", []),
        ("mlp", w | mlp(), None, count(w | mlp()), "refuses", ["mlp"]),
        ("zero-mlp", w | {k: 0 * x for k, x in mlp().items()}, None, plain, "either", ["mlp"]),
        ("prefixed", prefixed(w, "model."), None, plain, "either", ["model."]),
        ("two-models", prefixed(w, "a.") | prefixed(w | {"unembed.b_U": 0 * b}, "b."), None, None, "refuses", ["a."]),
        ("nothing", {}, None, None, "refuses", []),
        ("extra", w | {"blocks.0.attn.gate": b}, None, None, "refuses", ["gate"]),
    ]:
        if truth is None:
            right = "refuses"
        folder.add(f"safetensors-{name}.safetensors", tensors(entries, metadata), truth, right, mention, "safetensors")
    for i, (fields, function) in enumerate(CHANGING):
        truth = None if function is None else count(w, **function)
        right = "either" if fields.get("attention_dir") == "bidirectional" else "refuses"
        folder.add(
            f"safetensors-field-{i:02}-{next(iter(fields))}.safetensors",
            tensors(w, c(fields)),
            truth,
            right,
            ["attn_types|use_local_attn|window_size" if "use_local_attn" in fields else "|".join(fields)],
            str(fields),
        )


def add_foreign(folder):
    w = network()
    pt, legacy, safe = saved(w), saved(w, _use_new_zipfile_serialization=False), tensors(w)
    npy, npz = io.BytesIO(), archived({k: x.numpy() for k, x in w.items()})
    numpy.save(npy, {k: x.numpy() for k, x in w.items()}, allow_pickle=True)
    one = io.BytesIO()
    numpy.save(one, w["embed.W_E"].numpy())
    zipped, tarred = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as z:
        z.writestr("model.pt", pt)
        z.writestr("README.txt", "mine")
    with tarfile.open(fileobj=tarred, mode="w") as t:
        for name in ("sys_info", "pickle", "storages", "tensors"):
            t.addfile(tarfile.TarInfo(name))
    text = lambda data: data.decode("utf-8", "replace").encode()
    lines = lambda data: data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    plain_tensors, plain_arrays = pickle.dumps(w), pickle.dumps({k: x.numpy() for k, x in w.items()})
    pointer = lambda size: f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize {size}\n".encode()
    index = json.dumps(
        {"metadata": {"total_size": 1}, "weight_map": {k: "model-00001-of-00002.safetensors" for k in w}}, indent=2
    )
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0)
    png += struct.pack(">I", zlib.crc32(png[12:29])) + b"\0" * 40
    html = "<!DOCTYPE html>\n<html lang=en><head><title>model.pt</title></head><body>Sign in</body></html>"
    for name, data, mention in [
        ("numpy.npy", one.getvalue(), ["npy"]),
        ("numpy-of-dict.npy", npy.getvalue(), ["npy"]),
        ("numpy-named.pt", one.getvalue(), ["npy"]),
        ("gguf.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + b"\0" * 64, ["GGUF"]),
        ("hdf5.h5", b"\x89HDF\r\n\x1a\n" + b"\0" * 88, ["HDF5"]),
        ("onnx.onnx", b"\x08\x07\x12\x07pytorch\x1a\x032.2:" + b"\x10\0" * 40, ["ONNX"]),
        (
            "flax.msgpack",
            b"\x81\xa6params\x81\xa5embed\x81\xa3W_E\xc7\x05\x01\x93\x92\x06\x04\xa7",
            ["msgpack|MessagePack"],
        ),
        ("pointer.pt", pointer(6000), ["LFS"]),
        ("pointer.safetensors", pointer(6000), ["LFS"]),
        ("page.html", html.encode(), ["HTML|page"]),
        ("page.pt", b"\n  " + html.lower().encode(), ["HTML|page"]),
        ("xml.pt", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', ["XML|page|text"]),
        ("gzip.pt.gz", gzip.compress(pt, mtime=0), ["gzip"]),
        ("bzip2.pt.bz2", bz2.compress(pt), ["bzip2|compressed"]),
        ("xz.pt.xz", lzma.compress(pt), ["xz|compressed"]),
        ("zstd.pt.zst", b"\x28\xb5\x2f\xfd" + b"\x24\0" * 20, ["zstd|Zstandard|compressed"]),
        ("seven-zip.7z", b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, ["7z|7-Zip|archive"]),
        ("archive.zip", zipped.getvalue(), ["model.pt"]),
        ("tar.pt", tarred.getvalue(), ["tar"]),
        ("index.safetensors.index.json", index.encode(), ["index|shard"]),
        ("index.pytorch_model.bin.index.json", index.replace("safetensors", "bin").encode(), ["index|shard"]),
        ("pickle-of-tensors.pkl", plain_tensors, ["pickle"]),
        ("pickle-of-arrays.pkl", plain_arrays, ["pickle"]),
        ("pickle-protocol-0.pkl", pickle.dumps({k: x.tolist() for k, x in w.items()}, 0), ["pickle"]),
        ("image.png", png, ["PNG|image"]),
        ("image.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF\0" + b"\0" * 40, ["JPEG|image"]),
        ("table.csv", b"embed.W_E,0.5,0.25\nunembed.W_U,1,2\n", []),
        ("python.py", b"import torch\nprint(1)\n", []),
        ("pdf.pdf", b"%PDF-1.7\n" + b"\0" * 40, ["PDF"]),
        ("elf.bin", b"\x7fELF\x02\x01\x01" + b"\0" * 60, []),
        ("parquet.parquet", b"PAR1" + b"\0" * 40 + b"PAR1", ["Parquet|weights"]),
        ("tensorflow.pb", b"\x0a\x1f\x08\x01" + b"\0" * 40, []),
        ("empty.pt", b"", ["empty"]),
        ("spaces.json", b"  \n", []),
        ("zeros.pt", b"\0" * 4096, []),
        ("json-config.json", json.dumps(PLAIN, indent=1).encode(), []),
        ("metadata.safetensors", tensors({}, {"format": "pt"}), []),
        ("cut-zip.pt", pt[:-200], []),
        ("cut-zip-half.pt", pt[: len(pt) // 2], []),
        ("cut-legacy.pt", legacy[:-20], []),
        ("cut-safetensors.safetensors", safe[:-4], []),
        ("cut-safetensors-header.safetensors", safe[:100], []),
        ("cut-npz.npz", npz[:-100], []),
        ("cut-pickle.pkl", plain_tensors[:-30], []),
        ("text-zip.pt", text(pt), ["text|U+FFFD"]),
        ("text-legacy.pt", text(legacy), ["text|U+FFFD"]),
        ("text-safetensors.safetensors", text(safe), ["text|U+FFFD"]),
        ("text-npz.npz", text(npz), ["text|U+FFFD"]),
        ("text-npy.npy", text(one.getvalue()), ["text|U+FFFD"]),
        ("text-pickle.pkl", text(plain_tensors), ["text|U+FFFD"]),
        ("lines-zip.pt", lines(pt), []),
        ("lines-legacy.pt", lines(legacy), []),
        ("lines-npz.npz", lines(npz), []),
        ("base64.pt", base64.b64encode(pt), []),
        ("hexadecimal.pt", pt.hex().encode(), []),
    ]:
        folder.add(f"foreign-{name}", data, None, "refuses", mention, "no weights file that can be read")
    folder.add("named-wrongly.json", pt, count(w), "reads", [], "a torch file with another name")
    folder.add("named-wrongly.safetensors", npz, count(w), "reads", [], "a NumPy archive with another name")


def add_all(folder):
    add_json(folder)
    add_npz(folder)
    add_safetensors(folder)
    add_foreign(folder)
