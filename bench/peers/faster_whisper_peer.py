"""
faster-whisper as it is measured: `faster_whisper_peer.py FOLDER THREADS`. Reads a request a line, answers a line:
{"files": [WAV, 16 kHz mono 16 bit], "languages": [...], "batched": bool, "options": {...}} → {"wallSec", "cpuSec", "texts"}. Reading files is not counted.
"""
import json
import os
import sys
import time
import wave

folder, threads = sys.argv[1], sys.argv[2]
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = threads

import numpy as np
from faster_whisper import BatchedInferencePipeline, WhisperModel

model = WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=int(threads))
batched = BatchedInferencePipeline(model)


def samples_of(path):
    with wave.open(path, "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768


def answer(request):
    audio = [samples_of(path) for path in request["files"]]
    pipeline = batched if request["batched"] else model
    wall, cpu = time.perf_counter(), time.process_time()
    texts = []
    for samples, language in zip(audio, request["languages"]):
        segments, _ = pipeline.transcribe(samples, language=language, **request["options"])
        texts.append("".join(segment.text for segment in segments).strip())
    return {"wallSec": time.perf_counter() - wall, "cpuSec": time.process_time() - cpu, "texts": texts}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
