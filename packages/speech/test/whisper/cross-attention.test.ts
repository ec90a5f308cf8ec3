import { expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../src/onnx/graph-builder.ts';
import { scan } from '../../src/onnx/loop.ts';
import { float32, floats } from '../../src/onnx/tensors.ts';
import { AUDIO_POSITIONS } from '../../src/whisper/checkpoint/dimensions.ts';
import { integerUnit } from '../../src/whisper/cpu-flags.ts';
import type { Block } from '../../src/whisper/graphs/block.ts';
import { type CrossCache8, quantizeValues, weighted8 } from '../../src/whisper/graphs/cross-cache-8bit.ts';
import { type KeyForm, keyForms } from '../../src/whisper/graphs/cross-keys-8bit.ts';
import { random } from '../media.ts';
import { openBytes } from './built-graph.ts';

const [HEADS, SIZE] = [2, 64];
const noise = random(5);
const numbers = (count: number, width: number) => Float32Array.from({ length: count }, () => width * (noise() - 0.5));
/** Channels of very different size, as a few of every checkpoint are. */
const positions = (windows: number) => numbers(windows * AUDIO_POSITIONS * HEADS * SIZE, 1).map((value, at) => value * (at % SIZE === 7 ? 6 : 1));

/** keys and values [B, 1500, 128] */
function eachWindow(block: Block, { form, keys, values }: { form: KeyForm; keys: Value; values: Value }): Pick<CrossCache8, 'keys' | 'values'> {
  const both = block.g.op('Concat', [keys, values], { axis: 2 });
  const outputs = scan(block.g, { value: both, type: 'float32', dims: [AUDIO_POSITIONS, 2 * HEADS * SIZE] }, (g, window) => {
    const inner = { ...block, g };
    const [k, v] = g.ops('Split', [window, g.ints(HEADS * SIZE, HEADS * SIZE)], { axis: 1, outputs: 2 }) as [Value, Value];
    const { codes, scales } = quantizeValues(inner, v, form);
    return [
      { value: codes, type: 'int8', dims: [HEADS, AUDIO_POSITIONS, SIZE] },
      { value: scales, type: 'float32', dims: [HEADS, 1, SIZE] },
      ...form.keep(inner, k),
    ];
  });
  const [codes, scales, ...kept] = outputs as [Value, Value, ...Value[]];
  return { keys: kept, values: { codes, scales } };
}

/** query [B, H, n, 64], keys and values [B, 1500, 128] → [B, H, n, 64], in 8 bit or, without a form, in float32. */
async function attend(form: KeyForm | null) {
  const session = await openBytes((file) => {
    const g = new GraphBuilder('attention', file);
    const block = { g, dimensions: { width: HEADS * SIZE, decoder: { heads: HEADS } } } as Block;
    const query = g.input('query', 'float32', ['B', HEADS, 'n', SIZE]);
    const [keys, values] = ['keys', 'values'].map((name) => g.input(name, 'float32', ['B', AUDIO_POSITIONS, HEADS * SIZE])) as [string, string];
    const softmax = (scores: string) => g.op('Softmax', [scores], { axis: -1 });
    const byHead = (x: string, perm: number[]) => g.op('Transpose', [g.op('Reshape', [x, g.ints(0, 0, HEADS, SIZE)])], { perm });
    const exact = () => g.op('MatMul', [softmax(g.op('MatMul', [query, byHead(keys, [0, 2, 3, 1])])), byHead(values, [0, 2, 1, 3])]);
    const eight = (own: KeyForm) => {
      const cache = eachWindow(block, { form: own, keys, values });
      return weighted8(g, softmax(own.scores(g, query, cache.keys)), cache.values);
    };
    const attended = form ? eight(form) : exact();
    g.output('attended', attended, { type: 'float32', dims: ['B', HEADS, 'n', SIZE] });
    return g.model();
  });
  return async (windows: number, n: number, { query, keys, values }: Record<'query' | 'keys' | 'values', Float32Array>) =>
    floats(
      await session.run({
        query: float32(query, [windows, HEADS, n, SIZE]),
        keys: float32(keys, [windows, AUDIO_POSITIONS, HEADS * SIZE]),
        values: float32(values, [windows, AUDIO_POSITIONS, HEADS * SIZE]),
      }),
      'attended',
    );
}

const relativeError = (own: Float32Array, exact: Float32Array) =>
  Math.sqrt(own.reduce((sum, value, at) => sum + (value - (exact[at] ?? 0)) ** 2, 0) / exact.reduce((sum, value) => sum + value ** 2, 0));

// Without VNNI the sum of two 8-bit products saturates at 16 bit, which is why these are never chosen there.
const forms = Object.entries<KeyForm>(keyForms).filter(([, { bits }]) => bits < 8 || integerUnit() !== 'none');
/** Of 7 bits a step is twice as long. */
const MOST = { 8: 4e-2, 7: 8e-2 };
it.each(forms.flatMap(([name, form]) => [1, 5].map((n) => [name, n, form] as const)))(
  'with keys and values of 8 bit or 7, %s, the attention of %i queries is that of float32, within the rounding',
  async (_, n, form) => {
    const input = { query: numbers(2 * HEADS * n * SIZE, 0.8), keys: positions(2), values: positions(2) };
    const [eight, exact] = [await attend(form), await attend(null)];
    expect(relativeError(await eight(2, n, input), await exact(2, n, input))).toBeLessThan(MOST[form.bits]);
  },
);

it.each(forms)('%s, a window gets the same beside one that is a thousand times louder', async (_, form) => {
  const run = await attend(form);
  const quiet = { query: numbers(HEADS * SIZE, 0.8), keys: positions(1), values: positions(1) };
  const loud = positions(1).map((value) => 1000 * value);
  const together = await run(2, 1, {
    query: Float32Array.of(...quiet.query, ...quiet.query),
    keys: joined(quiet.keys, loud),
    values: joined(quiet.values, loud),
  });
  expect(together.subarray(0, HEADS * SIZE)).toEqual(await run(1, 1, quiet));
});

function joined(a: Float32Array, b: Float32Array): Float32Array {
  const both = new Float32Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
