/** One window through encoder and decoder: always the most probable token, until the end token, a loop or the limit. */
import { Tensor } from 'onnxruntime-node';
import { throwIfCancelled } from '../cancel.ts';
import { loopStart } from '../recognise/loop-guard.ts';
import { HEAD_SIZE, HEADS, LAYERS, tokenLimit } from './constants.ts';
import { mostProbable } from './most-probable.ts';
import type { MoonshineSessions } from './sessions.ts';
import { BEGIN, END } from './vocabulary.ts';

export interface Decoded {
  readonly tokens: readonly number[];
  readonly avgLogProb: number;
  readonly loopCut: boolean;
}

type Tensors = Record<string, Tensor>;

const cacheNames = (attention: 'decoder' | 'encoder'): string[] =>
  Array.from({ length: LAYERS }, (_, layer) => [`${layer}.${attention}.key`, `${layer}.${attention}.value`]).flat();
const selfCaches = cacheNames('decoder');
const crossCaches = cacheNames('encoder');
/** The first step computes all caches; later ones only add to those of the decoder's own attention. */
const firstOutputs = ['logits', ...[...selfCaches, ...crossCaches].map((name) => `present.${name}`)];
const nextOutputs = ['logits', ...selfCaches.map((name) => `present.${name}`)];

export async function decodeGreedily({ encoder, decoder }: MoonshineSessions, samples: Float32Array, signal: AbortSignal): Promise<Decoded> {
  const { last_hidden_state } = await encoder.run({ input_values: new Tensor('float32', samples, [1, samples.length]) });
  const feeds: Tensors = { ...emptyCaches(), encoder_hidden_states: tensorOf(last_hidden_state) };
  const tokens: number[] = [];
  const limit = tokenLimit(samples.length);
  let token = BEGIN;
  let logProbs = 0;
  let steps = 0;
  for (; steps < limit && token !== END; ) {
    throwIfCancelled(signal);
    feeds['input_ids'] = new Tensor('int64', BigInt64Array.of(BigInt(token)), [1, 1]);
    feeds['use_cache_branch'] = new Tensor('bool', Uint8Array.of(steps === 0 ? 0 : 1), [1]);
    const outputs = await decoder.run(feeds, steps === 0 ? firstOutputs : nextOutputs);
    keepCaches(feeds, outputs, steps === 0);
    const best = mostProbable(tensorOf(outputs['logits']).data as Float32Array);
    token = best.token;
    logProbs += best.logProb;
    steps += 1;
    if (token === END) break;
    tokens.push(token);
    const kept = loopStart(tokens);
    if (kept !== null) return { tokens: tokens.slice(0, kept), avgLogProb: logProbs / steps, loopCut: true };
  }
  return { tokens, avgLogProb: logProbs / steps, loopCut: false };
}

const emptyCaches = (): Tensors =>
  Object.fromEntries(
    [...selfCaches, ...crossCaches].map((name) => [`past_key_values.${name}`, new Tensor('float32', new Float32Array(0), [1, HEADS, 0, HEAD_SIZE])]),
  );

function keepCaches(feeds: Tensors, outputs: Record<string, unknown>, first: boolean): void {
  for (const name of selfCaches) feeds[`past_key_values.${name}`] = tensorOf(outputs[`present.${name}`]);
  if (first) for (const name of crossCaches) feeds[`past_key_values.${name}`] = tensorOf(outputs[`present.${name}`]);
}

function tensorOf(value: unknown): Tensor {
  if (!(value instanceof Tensor)) throw new TypeError('The model has unexpected outputs.');
  return value;
}
