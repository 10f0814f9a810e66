"""Runs the README's export snippet on models of the installed TransformerLens, and reads back what it writes.

`python snippet.py FOLDER` adds `tlN*.safetensors` to FOLDER and its `index.json`, N the generation.
"""

import json
import os
import pathlib
import re
import sys
import tempfile

import torch
from safetensors import safe_open

from lens import GENERATION, counted, model_of
from network import Folder, count, logits

README = pathlib.Path(__file__).parents[2] / "README.md"
# (name, fields, generations, what is right, what a refusal mentions).
MODELS = [
    ("", {}, "234", "reads", []),
    ("-half-scale", {"attn_scale": 0.5}, "234", "either", ["attn_scale"]),
    ("-no-scale", {"use_attn_scale": False}, "234", "either", ["attn_scale"]),
    ("-lnpre", {"normalization_type": "LNPre"}, "234", "refuses", ["LNPre"]),
    ("-alibi", {"positional_embedding_type": "alibi"}, "23", "refuses", ["alibi"]),
    (
        "-local",
        {"use_local_attn": True, "window_size": 2, "attn_types": ["local"]},
        "3",
        "refuses",
        ["window_size|use_local_attn|attn_types"],
    ),
    ("-mlp", {"attn_only": False, "act_fn": "relu", "d_mlp": 4}, "234", "refuses", ["mlp|attn_only"]),
    ("-two-heads", {"n_heads": 2}, "234", "refuses", ["n_heads|W_Q"]),
]


def snippet():
    """The lines of the README."""
    section = README.read_text().split("## Your own model")[1]
    return re.search(r"```python\n(.*?)```", section, re.S).group(1)


def exported(model, seed=0):
    """The bytes of the file that the snippet writes, run where a user would."""
    torch.manual_seed(seed)
    here = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            exec(snippet(), {"model": model})
            return pathlib.Path("mine.safetensors").read_bytes()
        finally:
            os.chdir(here)


def opened(path):
    """(tensors, metadata) as the safetensors package reads them."""
    with safe_open(path, "pt") as f:
        return {k: f.get_tensor(k) for k in f.keys()}, f.metadata()


def main(folder):
    assert len(snippet().splitlines()) <= 20, "the README's snippet is too long"
    for name, fields, generations, right, mention in MODELS:
        if str(GENERATION) not in generations:
            continue
        truth, file = counted(model_of(fields)), f"tl{GENERATION}{name}.safetensors"
        folder.add(
            file,
            exported(model_of(fields)),
            truth,
            right,
            mention,
            f"README's snippet, TransformerLens {GENERATION}: {fields}",
        )
        tensors, metadata = opened(folder.path / file)
        config, samples = json.loads(metadata["config"]), json.loads(metadata["logits"])
        assert config["n_heads"] == fields.get("n_heads", 1) and config["attn_only"] is fields.get("attn_only", True), (
            config
        )
        if right != "refuses":
            # The tensors with the scale of the configuration are the model, by the float64 of this folder.
            assert not [k for k in tensors if "mlp" in k or "mask" in k], tensors.keys()
            assert count(tensors, scale=config["attn_scale"]) == truth, (file, truth)
            for sample in samples:
                own = logits(tensors, torch.tensor([sample["tokens"]]), scale=config["attn_scale"])[0]
                assert torch.allclose(own, torch.tensor(sample["logits"], dtype=own.dtype), atol=1e-4), (file, sample)
    if GENERATION == 2:  # whose mask shows a local window, which the snippet itself refuses
        try:
            exported(model_of({"use_local_attn": True, "window_size": 2, "attn_types": ["local"]}))
        except AssertionError as error:
            assert "local" in str(error)
        else:
            raise AssertionError("the snippet exported a model of local attention")


if __name__ == "__main__":
    into = Folder(sys.argv[1])
    main(into)
    into.close()
    print(f"TransformerLens {GENERATION}: the README's snippet writes what it should")
