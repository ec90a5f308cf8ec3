import { expect, it } from 'vitest';
import { GraphBuilder, type Value } from '../../src/onnx/graph-builder.ts';
import { float32, floats } from '../../src/onnx/tensors.ts';
import { AUDIO_POSITIONS } from '../../src/whisper/checkpoint/dimensions.ts';
import { integerUnit } from '../../src/whisper/cpu-flags.ts';
import { attention8 } from '../../src/whisper/graphs/attention-8bit.ts';
import { type Block, sizes } from '../../src/whisper/graphs/block.ts';
import { random } from '../media.ts';
import { openBytes } from './built-graph.ts';

const [HEADS, SIZE] = [2, 64];
const WIDTH = HEADS * SIZE;
const noise = random(7);
const NAMES = ['query', 'keys', 'values'] as const;
type Parts = Record<(typeof NAMES)[number], Float32Array>;

/** One window. Keys have a large part in common, as those of every checkpoint. */
function parts(loudness = 1): Parts {
  const numbers = (shift: number) => Float32Array.from({ length: AUDIO_POSITIONS * WIDTH }, (_, at) => loudness * (noise() - 0.5 + shift * (at % 3)));
  return { query: numbers(0), keys: numbers(1), values: numbers(0) };
}

/** [B, 1500, 128] each → [B, 1500, 128]. */
async function attention(bits: 8 | 32) {
  const session = await openBytes((file) => {
    const g = new GraphBuilder('attention', file);
    const dims = ['B', AUDIO_POSITIONS, WIDTH];
    const inputs = NAMES.map((name): Value => g.input(name, 'float32', dims));
    const block = { g, dimensions: { width: WIDTH, encoder: { heads: HEADS } } } as Block;
    const attended =
      bits === 8
        ? attention8(block, inputs, sizes(g, inputs[0] as Value, [0, 2]))
        : g.op('MultiHeadAttention', inputs, { num_heads: HEADS, scale: { float: 1 } });
    g.output('attended', attended, { type: 'float32', dims });
    return g.model();
  });
  return async (...windows: Parts[]) => {
    const feeds = NAMES.map((name) => {
      const all = Float32Array.from(windows.flatMap((window) => [...window[name]]));
      return [name, float32(all, [windows.length, AUDIO_POSITIONS, WIDTH])] as const;
    });
    return floats(await session.run(Object.fromEntries(feeds)), 'attended');
  };
}

const relativeError = (own: Float32Array, exact: Float32Array) =>
  Math.sqrt(own.reduce((sum, value, at) => sum + (value - (exact[at] ?? 0)) ** 2, 0) / exact.reduce((sum, value) => sum + value ** 2, 0));

// Without VNNI the sum of two 8-bit products saturates at 16 bit, which is why this is never chosen there.
it.skipIf(integerUnit() === 'none')('attention in 8 bit is that of float32, within the rounding', async () => {
  const windows = [parts(), parts()];
  expect(relativeError(await (await attention(8))(...windows), await (await attention(32))(...windows))).toBeLessThan(3e-2);
});

it.skipIf(integerUnit() === 'none')('a window gets the same beside one that is a thousand times louder', async () => {
  const run = await attention(8);
  const quiet = parts();
  expect((await run(quiet, parts(1000))).subarray(0, AUDIO_POSITIONS * WIDTH)).toEqual(await run(quiet));
});
