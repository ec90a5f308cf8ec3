"""A Whisper checkpoint in Hugging Face layout → CTranslate2's format, by CTranslate2's own converter, but without PyTorch: `convert_weights.py FOLDER OUTPUT`."""
import json
import os
import shutil
import struct
import sys
from types import SimpleNamespace

import numpy as np
import tokenizers
from ctranslate2.converters import transformers as converters

# The converter asks whether a layer is one of these; none is.
converters.transformers = SimpleNamespace(Conv1D=type("Conv1D", (), {}))


def main(folder, output):
    config = SimpleNamespace(**read_json(folder, "config.json"))
    model = as_modules(read_tensors(os.path.join(folder, "model.safetensors")))
    model.config = config
    model.proj_out = model.model.decoder.embed_tokens  # tied
    for part in (model.model.encoder, model.model.decoder):
        part.config = config
    generation = read_json(folder, "generation_config.json")
    loader = converters.WhisperLoader()
    spec = loader.get_model_spec(model)
    spec.register_vocabulary(vocabulary(folder, config.vocab_size))
    spec.config.suppress_ids = generation["suppress_tokens"]
    spec.config.suppress_ids_begin = generation["begin_suppress_tokens"]
    spec.config.alignment_heads = generation["alignment_heads"]
    spec.config.lang_ids = sorted(generation["lang_to_id"].values())
    spec.validate()
    spec.optimize(quantization=None)
    os.makedirs(output)
    spec.save(output)
    for name in ("tokenizer.json", "preprocessor_config.json"):
        shutil.copy(os.path.join(folder, name), output)


def read_json(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as file:
        return json.load(file)


def read_tensors(path):
    """Name → float32 array."""
    types = {"F16": np.float16, "F32": np.float32}
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], types[entry["dtype"]]).reshape(entry["shape"]).astype(np.float32) for name, entry in header.items()}


def as_modules(tensors):
    """"a.layers.0.weight" is found as root.a.layers[0].weight, as in PyTorch."""
    root = SimpleNamespace()
    for name, tensor in tensors.items():
        *path, last = name.split(".")
        at = root
        for part in path:
            at = vars(at).setdefault(part, SimpleNamespace())
        setattr(at, last, tensor)
    return with_lists(root)


def with_lists(node):
    if not isinstance(node, SimpleNamespace):
        return node
    parts = {name: with_lists(part) for name, part in vars(node).items()}
    if parts and all(name.isdigit() for name in parts):
        return [parts[str(index)] for index in range(len(parts))]
    return SimpleNamespace(**parts)


def vocabulary(folder, size):
    tokenizer = tokenizers.Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokens = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    return tokens + ["<|%.2f|>" % (index * 0.02) for index in range(size - len(tokens))]


main(*sys.argv[1:])
