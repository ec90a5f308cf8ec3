/** The recordings that are at work in one process. */
import type { Transcript } from '@bulk-transcribe/protocol';

export class Company {
  readonly #places = new Set<{ alone: boolean }>();

  /** `work`, whose result says only what is true of it: the CPU time of others is not its own. */
  async with(work: () => Promise<Transcript>): Promise<Transcript> {
    const place = { alone: this.#places.size === 0 };
    for (const other of this.#places) other.alone = false;
    this.#places.add(place);
    try {
      const transcript = await work();
      return place.alone ? transcript : withoutSharedCpu(transcript);
    } finally {
      this.#places.delete(place);
    }
  }
}

/** The CPU time of a step is that of the process: with others in it, it is not the step's. Media is decoded in a process of its own. */
const withoutSharedCpu = (transcript: Transcript): Transcript => ({
  ...transcript,
  provenance: {
    ...transcript.provenance,
    steps: transcript.provenance.steps.map(({ cpuMs, ...time }) => (time.step === 'decode' && cpuMs !== undefined ? { ...time, cpuMs } : time)),
  },
});
