"""`python choose.py FROM TO`: copies the small and most distinct files of FROM, which are tests, into TO."""

import pathlib
import sys

from network import Folder

SELECTED = """
kind-bias-attribute.pt kind-bias-device-cpu-int.pt kind-bias-dtensor.pt kind-bias-float8-e4m3fn.pt
kind-bias-negated.pt kind-bias-none.pt kind-bias-unknown-constructor.pt kind-embedding-sparse-csr.pt kind-mlp-numpy.pt
config-lnpre-attribute-of-state-dict.pt config-lnpre-experiment.pt config-lnpre-lightning-attribute-dict.pt
field-n_heads-2.pt field-scale-2-attn_scale-1.7320508075688772.pt field-no-scale-1-attn_scale-nan.pt metadata-lnpre.pt
mask-additive-local.pt mask-only-first.pt prefix-4.pt container-one-integer-key.pt weights-almost-zero-mlp.pt
weights-one-storage.pt weights-parametrized-bias.pt protocol-0-legacy.pt protocol-1-legacy.pt protocol-5-legacy.pt
module-cfg-lnpre.pt module-plain.pt module-squash.pt lens2-shortformer-state-dict.pt lens4-no-scale-config.pt
json-config-beside.json json-mask-numbers-local.json json-twice.json npz-bfloat16-bias.npz npz-config-text.npz
npz-mask-float-local.npz safetensors-mask-local.safetensors safetensors-other-logits.safetensors
safetensors-scale-and-logits.safetensors foreign-cut-legacy.pt foreign-flax.msgpack foreign-gguf.gguf foreign-hdf5.h5
foreign-image.png foreign-index.safetensors.index.json foreign-numpy.npy foreign-onnx.onnx foreign-page.pt
foreign-pointer.pt foreign-text-safetensors.safetensors place-arguments-dict.pt place-bias-list.pt place-buffers.pt
place-config-in-list.json place-entry-params.pt text-bytes-protocol-4.pt text-pprint.safetensors text-yaml.pt
value-clip-zero.safetensors value-use-scale-none.safetensors tl2.safetensors tl3.safetensors tl3-local.safetensors
tl4.safetensors tl4-lnpre.safetensors tl4-no-scale.safetensors
""".split()

if __name__ == "__main__":
    all_ = {e["file"]: e for e in Folder(sys.argv[1]).index}
    into = Folder(sys.argv[2])
    for old in into.index:
        (into.path / old["file"]).unlink(missing_ok=True)
    into.index = []
    for file in SELECTED:
        data = (pathlib.Path(sys.argv[1]) / file).read_bytes()
        entry = {k: all_[file][k] for k in ("truth", "right", "must_mention", "note")}
        assert len(data) <= 8192, f"{file}: {len(data)} bytes"
        into.add(file, data, **entry)
    into.close()
    print(f"{len(into.index)} files, {sum(e['bytes'] for e in into.index)} bytes in {into.path}")
