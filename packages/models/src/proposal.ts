/** Which model to install on a machine, from its memory and cores. */
import type { KnownModel, ModelProposal } from '@bulk-transcribe/protocol';
import { findKnown } from './registry.ts';

export interface Machine {
  readonly memoryBytes: number;
  readonly cores: number;
}

/** From the best on. medium and large-v3 are left out: large-v3-turbo is near large-v3 and needs half the work of it. */
const anyLanguage = ['large-v3-turbo', 'small', 'base', 'tiny'];
const english = ['distil-large-v3.5', 'distil-medium.en', 'distil-small.en', 'base.en', 'tiny.en'];

/** The rest is for the system, the controller and the decoder. */
const MEMORY_SHARE = 0.5;
/** Seconds of recording per second of one core, with base and the default formats: measured, the lower of two runs. */
const BASE_SPEED = 26;
const BASE_PARAMETERS = 74e6;
/** Slower than this and a day's recordings take too much of the next day. */
const LEAST_SPEED = 2;

const basis =
  'The best known model whose expected memory fits half of the main memory and that is expected to run at twice real time or faster. ' +
  'Expected, not measured here: one measurement with base (26 s of recording per second of a current core), scaled by the number of parameters.';

/** Pure. */
export function propose(machine: Machine): ModelProposal {
  const best = (names: readonly string[]): string | null =>
    names.find((name) => {
      const model = findKnown(name);
      return model !== null && suits(model, machine);
    }) ?? null;
  return { ...machine, name: best(anyLanguage), englishName: best(english), basis };
}

/** Whether it is expected to have room there, and to be fast enough. */
export function suits({ parameters, memoryBytes: needed }: Pick<KnownModel, 'parameters' | 'memoryBytes'>, { memoryBytes, cores }: Machine): boolean {
  const speed = (BASE_SPEED * BASE_PARAMETERS * cores) / parameters;
  return needed <= memoryBytes * MEMORY_SHARE && speed >= LEAST_SPEED;
}
