/** Who takes which task: every mode, choice and state of the workers. */
import { type Compute, type ModelPreparation, type RemoteMode, SPEAKERS } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { placeOf, whyHere } from '../../src/dispatch/places.ts';
import { type Candidate, choicesIn, type Fleet, lacksModel, takes } from '../../src/dispatch/routing.ts';

const model = 'tiny';
const candidate = (name: string, more: Partial<Candidate> = {}): Candidate => ({
  worker: { name, device: 'cpu' },
  ...{ remote: name !== 'local', gpu: name !== 'local', usable: true, message: '', pending: false, free: 1, models: [model], preparing: [] },
  ...more,
});
const local = candidate('local');
const pod = candidate('pod');
const gone = candidate('pod', { usable: false, free: 0, gpu: false, message: 'There is no host named pod.' });
const without = candidate('local', { models: [] });
const full = candidate('pod', { free: 0 });
const cpuPod = candidate('pod', { gpu: false });
const preparation: ModelPreparation = { name: model, state: 'fetching', doneBytes: 430, totalBytes: 1000, error: null };
const unasked = candidate('pod', { models: [] });
const preparing = candidate('pod', { models: [], preparing: [preparation] });
const loading = candidate('pod', { models: [], preparing: [{ ...preparation, state: 'loading' }] });
const error = { code: 'model_gated', message: 'The hub gives it only with a token.', hint: '' } as const;
const bare = candidate('pod', { models: [], preparing: [{ ...preparation, state: 'failed', error }] });
const pending = candidate('pod', { usable: false, free: 0, pending: true, message: 'The worker pod is being asked.' });

/** Names of those that take a task of this kind now. */
function takers(mode: RemoteMode, compute: Compute, candidates: readonly Candidate[]): string[] {
  const fleet: Fleet = { mode, candidates };
  const kind = { compute, model };
  return candidates.filter((one) => one.free > 0 && takes(one, kind, fleet)).map(({ worker }) => worker.name);
}

describe('routing', () => {
  it.each<[RemoteMode, Compute, string, Candidate, string[]]>([
    ['off', 'auto', 'a pod', pod, ['local']],
    ['off', 'gpu', 'a pod', pod, []],
    ['off', 'cpu', 'a pod', pod, ['local']],
    ['optional', 'auto', 'a pod', pod, ['pod']],
    ['optional', 'auto', 'a full pod', full, ['local']],
    ['optional', 'auto', 'a pod that is gone', gone, ['local']],
    ['optional', 'auto', 'a pod that cannot get the model', bare, ['local']],
    ['optional', 'auto', 'a pod that can be asked for the model', unasked, ['local']],
    ['optional', 'auto', 'a pod that prepares the model', preparing, ['local']],
    ['optional', 'gpu', 'a pod that prepares the model', preparing, []],
    ['optional', 'cpu', 'a pod that prepares the model', preparing, ['local']],
    ['optional', 'auto', 'a pod without a GPU', cpuPod, ['pod']],
    ['optional', 'auto', 'a pod that is being asked', pending, []],
    ['optional', 'gpu', 'a pod', pod, ['pod']],
    ['optional', 'gpu', 'a full pod', full, []],
    ['optional', 'gpu', 'a pod without a GPU', cpuPod, []],
    ['optional', 'gpu', 'a pod that is gone', gone, []],
    ['optional', 'cpu', 'a pod', pod, ['local']],
    ['required', 'auto', 'a pod', pod, ['pod']],
    ['required', 'auto', 'a full pod', full, []],
    ['required', 'auto', 'a pod that is gone', gone, []],
    ['required', 'auto', 'a pod that cannot get the model', bare, []],
    ['required', 'auto', 'a pod that prepares the model', preparing, []],
    ['required', 'gpu', 'a pod', pod, ['pod']],
    ['required', 'cpu', 'a pod', pod, ['local']],
  ])('%s, %s, %s', (mode, compute, _what, remote, expected) => {
    expect(takers(mode, compute, [local, remote])).toEqual(expected);
  });

  it('speakers are heard by who can tell them apart, whatever models he has; nobody is asked to get a model for it', () => {
    const kind = { compute: 'auto', model: SPEAKERS } as const;
    const [hears, deaf] = [candidate('pod', { models: [SPEAKERS] }), candidate('pod')];
    const here = candidate('local', { models: [SPEAKERS] });
    expect(takes(hears, kind, { mode: 'required', candidates: [local, hears] })).toBe(true);
    expect(takes(here, kind, { mode: 'optional', candidates: [here, hears] })).toBe(false);
    expect(takes(here, kind, { mode: 'optional', candidates: [here, deaf] })).toBe(true);
    expect(whyHere(here, kind, { mode: 'optional', candidates: [here, deaf] })).toBe('The remote worker cannot tell speakers apart.');
    expect(lacksModel(deaf, kind, { mode: 'optional', candidates: [here, deaf] })).toBe(false);
    const nowhere = { worker: null, reason: 'This computer cannot tell speakers apart.', waits: true };
    expect(placeOf(kind, { mode: 'off', candidates: [local] })).toEqual(nowhere);
  });

  it('uses all: remote workers first, this computer when they are full', () => {
    const second = candidate('second');
    expect(takers('optional', 'auto', [local, pod, second])).toEqual(['pod', 'second']);
    expect(takers('optional', 'auto', [local, full, second])).toEqual(['second']);
    expect(takers('optional', 'auto', [local, full, { ...second, free: 0 }])).toEqual(['local']);
  });

  it('waits for a model that a pod prepares only where nobody else has it', () => {
    expect(takers('optional', 'auto', [without, preparing])).toEqual([]);
    expect(takers('optional', 'auto', [local, full, { ...preparing, worker: { name: 'second', device: 'cuda' } }])).toEqual(['local']);
    expect(takers('optional', 'auto', [local, pod, { ...preparing, worker: { name: 'second', device: 'cuda' } }])).toEqual(['pod']);
  });

  it('lets a mode choose what it can keep', () => {
    expect([choicesIn('off'), choicesIn('optional'), choicesIn('required')]).toEqual([
      ['auto', 'cpu'],
      ['auto', 'gpu', 'cpu'],
      ['auto', 'gpu'],
    ]);
  });

  it.each<[string, Candidate[], string]>([
    ['gone', [local, gone], 'There is no host named pod.'],
    ['full', [local, full], 'Every slot of the remote worker was taken.'],
    ['unable to get the model', [local, bare], 'The worker pod cannot get the model tiny: The hub gives it only with a token.'],
    ['never set up', [local], 'No remote worker is set up.'],
  ])('says why a task comes to this computer when the pod is %s', (_what, candidates, reason) => {
    const fleet: Fleet = { mode: 'optional', candidates };
    expect(whyHere(local, { compute: 'auto', model }, fleet)).toBe(reason);
    expect(whyHere(local, { compute: 'cpu', model }, fleet)).toBe('');
    expect(whyHere(local, { compute: 'auto', model }, { ...fleet, mode: 'off' })).toBe('');
  });

  it.each<[RemoteMode, Compute, Candidate[], string | null, string]>([
    ['off', 'auto', [local, pod], 'local', ''],
    ['off', 'gpu', [local, pod], null, 'It asks for a GPU, and the remote worker is off.'],
    ['off', 'auto', [{ ...local, usable: false, message: 'The local worker is starting.' }], null, 'The local worker is starting.'],
    ['optional', 'auto', [local, pod], 'pod', ''],
    ['optional', 'auto', [local, gone], 'local', 'There is no host named pod.'],
    ['optional', 'auto', [local, unasked], 'local', 'The worker pod is asked to prepare the model tiny.'],
    ['optional', 'auto', [without, preparing], 'pod', 'The worker pod prepares the model tiny, 43 %.'],
    ['optional', 'gpu', [local, preparing], 'pod', 'The worker pod prepares the model tiny, 43 %.'],
    ['required', 'auto', [loading], 'pod', 'The worker pod loads the model tiny.'],
    ['required', 'auto', [local, bare], null, 'The worker pod cannot get the model tiny: The hub gives it only with a token.'],
    ['optional', 'auto', [without, gone], null, 'This computer does not have the model tiny. There is no host named pod.'],
    ['optional', 'cpu', [without, pod], null, 'This computer does not have the model tiny.'],
    ['optional', 'gpu', [local, cpuPod], null, 'The remote worker computes on the CPU.'],
    ['required', 'auto', [local, full], 'pod', ''],
    ['required', 'auto', [local, gone], null, 'There is no host named pod.'],
    ['required', 'auto', [local], null, 'No remote worker is set up.'],
  ])('places a task: %s, %s', (mode, compute, candidates, name, reason) => {
    const place = placeOf({ compute, model }, { mode, candidates });
    expect([place.worker?.name ?? null, place.reason]).toEqual([name, reason]);
  });
});
