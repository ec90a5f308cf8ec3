"""A worker made of RunPod's own Python package, as its users write one; `pnpm record:sdk` starts it and keeps what it says.

SCENE: `handler` (a job's input says what becomes of it), `pair` (the same, two jobs at a time), `generator` (streams), `unfit` (never takes
one), `early` (runpod 0.1).
"""

import asyncio
import os
import sys
import types


async def handler(job):
    given = job["input"]
    if given["do"] == "wait":
        await asyncio.sleep(3600)
    if given["do"] == "fail":
        raise ValueError(given["text"])
    if given["do"] == "error":
        return {"error": given["text"]}
    if given["do"] == "progress":
        import runpod

        runpod.serverless.progress_update(job, given["text"])
        await asyncio.sleep(2)  # a thread sends it, whenever it likes
    await asyncio.sleep(given.get("seconds", 0))
    return {"text": given["text"]}


def generator(job):
    yield from job["input"]["text"].split()


class Predictor:
    """What the early worker looks for in a module named infer."""

    def setup(self):
        pass

    def run(self, given):
        if given["do"] == "fail":
            raise ValueError(given["text"])
        import time

        time.sleep(given.get("seconds", 0))
        return {"text": given["text"], "image": []}


scene = os.environ["SCENE"]
if scene == "early":
    sys.modules["infer"] = types.SimpleNamespace(Predictor=Predictor)
    from runpod.serverless import pod_worker

    pod_worker.start_worker()
else:
    import runpod

    if scene == "unfit":

        @runpod.serverless.register_fitness_check
        def check_model():
            raise RuntimeError("no model, no work")

    pair = {"concurrency_modifier": lambda current: 2} if scene == "pair" else {}
    runpod.serverless.start({"handler": generator if scene == "generator" else handler, **pair})
