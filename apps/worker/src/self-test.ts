/** How fast this worker is: the sample that ships with the product, transcribed once, as any recording would be. */
import { defaultModel } from '@bulk-transcribe/models';
import { AppError, defaultOptions, type SelfTest } from '@bulk-transcribe/protocol';
import { sampleRecording } from '@bulk-transcribe/sample';
import type { Engine } from '@bulk-transcribe/speech';
import type { Lifecycle } from './life/lifecycle.ts';

export interface SelfTestParts {
  readonly engine: Pick<Engine, 'models' | 'loadModel' | 'transcribe'>;
  readonly lifecycle: Lifecycle;
}

/** Measures once, whoever asks how often. Rejects with conflict while a recording is at work, and with what the engine says. */
export function selfTester({ engine, lifecycle }: SelfTestParts): () => Promise<SelfTest> {
  let measured: Promise<SelfTest> | null = null;

  async function measure(): Promise<SelfTest> {
    using _work = lifecycle.begin('task');
    const model = defaultModel(await engine.models());
    await engine.loadModel(model);
    const never = new AbortController().signal;
    const { durationSec, provenance } = await engine.transcribe(sampleRecording, { ...defaultOptions, model }, never, () => undefined);
    const { device, timesRealTime, finishedAt } = provenance;
    return { model, device, durationSec, timesRealTime, measuredAt: finishedAt };
  }

  return () => {
    if (measured) return measured;
    lifecycle.assertAccepting();
    if (lifecycle.state === 'busy') throw new AppError('conflict', 'A recording is at work here; the speed is measured when it is done.');
    const run = measure();
    measured = run;
    // What failed is tried again the next time.
    run.catch(() => {
      measured = null;
    });
    return run;
  };
}
