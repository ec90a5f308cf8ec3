import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type InstalledModel, locateModel, shippedModels } from '../src/models.ts';
import { decodeMessage, encodeMessage, type Schema } from '../src/onnx/codec.ts';
import { GraphBuilder } from '../src/onnx/graph-builder.ts';
import { loop } from '../src/onnx/loop.ts';
import { decodeModel, encodeModel, type GraphProto, type ModelProto, type ValueInfoProto } from '../src/onnx/model-schema.ts';
import { InferenceSession, Tensor } from '../src/onnx/runtime.ts';
import { WeightFile } from '../src/onnx/weight-file.ts';
import { random, temporaryFolder } from './media.ts';

const options: InferenceSession.SessionOptions = { intraOpNumThreads: 1, logSeverityLevel: 3 };
const openBytes = (bytes: Uint8Array) => InferenceSession.create(bytes, options);

const inner: Schema = { label: { number: 1, kind: 'string' }, deeper: { number: 2, kind: () => inner } };
const outer: Schema = {
  count: { number: 1, kind: 'int' },
  ratio: { number: 2, kind: 'float' },
  blob: { number: 3, kind: 'bytes' },
  parts: { number: 4, kind: () => inner, repeated: true },
  ints: { number: 5, kind: 'int', repeated: true },
  floats: { number: 16, kind: 'float', repeated: true, packed: true },
};

describe('messages', () => {
  const message = {
    count: -1,
    ratio: 0.5,
    blob: Uint8Array.of(0, 255),
    parts: [{ label: 'Größe 砸' }, { deeper: { deeper: { label: '' } } }],
    ints: [0, 127, 128, -(2 ** 40), 2 ** 52, -(2n ** 63n), 2n ** 63n - 1n],
    floats: [1, -2.5],
  };

  it('come back as they were written', () => {
    expect(decodeMessage(outer, encodeMessage(outer, message))).toEqual(message);
  });

  it('have the bytes of the specification', () => {
    // developers: protobuf.dev, "Encoding": 150 is 96 01; packed floats under one tag.
    expect([...encodeMessage(outer, { count: 150 })]).toEqual([0x08, 0x96, 0x01]);
    expect([...encodeMessage(outer, { floats: [1] })]).toEqual([0x82, 0x01, 0x04, 0, 0, 0x80, 0x3f]);
  });

  it('keep fields that nobody knows, of every wire type', () => {
    const all: Schema = {
      ...outer,
      more: { number: 900, kind: 'bytes' },
      other: { number: 901, kind: 'int' },
      third: { number: 902, kind: 'float' },
    };
    const bytes = encodeMessage(all, { count: 3, more: Uint8Array.of(1, 2, 3), other: 5, third: 2 });
    const fixed64 = Uint8Array.of(...bytes, 0xb9, 0x38, 1, 2, 3, 4, 5, 6, 7, 8);
    const known = decodeMessage(outer, fixed64);
    expect(known['count']).toBe(3);
    expect(encodeMessage(outer, known)).toEqual(fixed64);
  });

  it('read numbers side by side and one by one', () => {
    const packed = encodeMessage({ ints: { number: 5, kind: 'int', repeated: true, packed: true } }, { ints: [1, 300] });
    expect(decodeMessage(outer, packed)).toEqual({ ints: [1, 300] });
  });

  it.each([
    ['cut within a number', [0x08, 0x96]],
    ['cut within bytes', [0x1a, 0x05, 1, 2]],
    ['with a length that is negative', [0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]],
    ['with a number of 80 bits', [0x08, ...Array.from({ length: 11 }, () => 0xff)]],
    ['with a wire type that does not exist', [0xc7, 0x3e]],
    ['with a text where a number belongs', [0x15, 0, 0, 0]],
    ['with a double where a float belongs', [0x11, 0, 0, 0, 0, 0, 0, 0, 0]],
  ])('%s are refused', (_, bytes) => {
    expect(() => decodeMessage(outer, Uint8Array.from(bytes))).toThrow(RangeError);
  });
});

describe('the graph builder', () => {
  it('writes a model with weights in their own file, shared by two models and written once', async () => {
    await using folder = await temporaryFolder();
    const weight = Float32Array.of(1, 2, 3, 4, 5, 6);
    let made = 0;
    {
      using file = new WeightFile(folder.path('shared.weights'));
      for (const name of ['one', 'two']) {
        const g = new GraphBuilder(name, file);
        const w = g.weight('w', { type: 'float32', dims: [2, 3] }, () => {
          made += 1;
          return weight;
        });
        g.output('y', g.op('Gemm', [g.input('x', 'float32', ['rows', 3]), w], { transB: 1 }), { type: 'float32', dims: ['rows', 2] });
        await writeFile(folder.path(`${name}.onnx`), g.model());
        expect(() => g.weight('other', { type: 'float32', dims: [7] }, () => weight)).toThrow('24 bytes');
      }
    }
    expect(made).toBe(1);
    for (const name of ['one', 'two']) {
      const session = await InferenceSession.create(folder.path(`${name}.onnx`), options);
      const { y } = await session.run({ x: new Tensor('float32', Float32Array.of(1, 0, -1), [1, 3]) });
      expect(y?.data).toEqual(Float32Array.of(-2, -2));
    }
  });

  it('loops, with values of the graph around it in sight', async () => {
    await using folder = await temporaryFolder();
    using file = new WeightFile(folder.path('none'));
    const g = new GraphBuilder('powers', file);
    const factor = g.input('factor', 'float32', []);
    const { state, scans } = loop(g, {
      limit: g.input('limit', 'int64', []),
      state: { value: { initial: g.float(1), type: 'float32', dims: [] } },
      step: (body, _index, now) => {
        const value = body.op('Mul', [now.value, factor]);
        return { proceed: body.op('Less', [value, body.float(100)]), state: { value }, scans: [{ value, type: 'float32', dims: [] }] };
      },
    });
    g.output('last', state.value, { type: 'float32', dims: [] });
    g.output('all', scans[0] ?? '', { type: 'float32', dims: ['N'] });
    const session = await openBytes(g.model());
    const run = async (limit: bigint) => {
      const { last, all } = await session.run({
        factor: new Tensor('float32', Float32Array.of(3), []),
        limit: new Tensor('int64', BigInt64Array.of(limit), []),
      });
      return { last: last?.data[0], all: all?.data };
    };
    expect(await run(3n)).toEqual({ last: 27, all: Float32Array.of(3, 9, 27) });
    expect(await run(50n)).toEqual({ last: 243, all: Float32Array.of(3, 9, 27, 81, 243) });
  });
});

describe('a model that somebody else made', async () => {
  const [shipped] = shippedModels;
  if (!shipped) throw new Error('No model is shipped.');
  const model: InstalledModel = await locateModel(shipped, '');
  const read = async (name: string): Promise<ModelProto> => decodeModel(await readFile(model.path(name)));

  it('works the same after it was read and written', async () => {
    const noise = random(5);
    const samples = new Tensor(
      'float32',
      Float32Array.from({ length: 16_000 }, () => (noise() - 0.5) / 10),
      [1, 16_000],
    );
    const run = async (bytes: Uint8Array) => (await (await openBytes(bytes)).run({ input_values: samples }))['last_hidden_state']?.data;
    const original = await readFile(model.path('encoder_model.onnx'));
    expect(await run(encodeModel(decodeModel(original)))).toEqual(await run(original));
  });

  it('can be changed within both branches of an If: its attention comes out', async () => {
    const decoder = await read('decoder_model_merged.onnx');
    const graph = decoder.graph as GraphProto;
    const [choice] = graph.nodes ?? [];
    if (choice?.opType !== 'If') throw new Error('The decoder is not one If.');
    const shape = { dims: [{ parameter: 'batch_size' }, { value: 8 }, { parameter: 'tokens' }, { parameter: 'frames' }] };
    const info = (name: string): ValueInfoProto => ({ name, type: { tensor: { elementType: 1, shape } } });
    for (const { graph: branch } of choice.attributes ?? []) branch?.outputs?.push(info('/model/decoder/layers.3/encoder_attn/Softmax_output_0'));
    choice.outputs?.push('cross_attention.3');
    graph.outputs?.push(info('cross_attention.3'));

    const session = await openBytes(encodeModel(decoder));
    const frames = 40;
    const noise = random(6);
    const empty = Object.fromEntries(
      session.inputNames
        .filter((name) => name.startsWith('past_key_values'))
        .map((name) => [name, new Tensor('float32', new Float32Array(0), [1, 8, 0, 36])]),
    );
    const outputs = await session.run({
      ...empty,
      encoder_hidden_states: new Tensor(
        'float32',
        Float32Array.from({ length: frames * 288 }, () => noise() - 0.5),
        [1, frames, 288],
      ),
      input_ids: new Tensor('int64', BigInt64Array.of(1n, 5n), [1, 2]),
      use_cache_branch: new Tensor('bool', Uint8Array.of(0), [1]),
    });
    const attention = outputs['cross_attention.3'];
    expect(attention?.dims).toEqual([1, 8, 2, frames]);
    const values = attention?.data as Float32Array;
    for (let row = 0; row < 16; row += 1) expect(values.subarray(row * frames, (row + 1) * frames).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });

  it('is refused where its file is cut short', async () => {
    const bytes = await readFile(model.path('encoder_model.onnx'));
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 10))).toThrow('cut short');
  });
});
