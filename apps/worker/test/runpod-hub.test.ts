/** What RunPod's hub reads of this repository, against its publishing guide and against what the worker knows. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { describe, expect, it } from 'vitest';
import { settingsTable } from '../src/config.ts';
import { readJobInput } from '../src/pull/job-options.ts';
import { readWorkerSettings } from './fitness/worker-settings.ts';

const root = path.join(import.meta.dirname, '../../..');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(root, '.runpod', name), 'utf8'));
const exactly = { additionalProperties: false };

const Variable = Type.Object({ key: Type.String(), value: Type.String() }, exactly);
const CudaVersions = Type.Array(Type.String({ pattern: '^\\d+\\.\\d+$' }));
const Input = Type.Object(
  {
    name: Type.String(),
    type: Type.Literal('string'),
    description: Type.String(),
    default: Type.String(),
    advanced: Type.Optional(Type.Boolean()),
    options: Type.Optional(Type.Array(Type.Object({ label: Type.String(), value: Type.String() }, exactly))),
  },
  exactly,
);

const Hub = Type.Object(
  {
    title: Type.String(),
    description: Type.String(),
    type: Type.Literal('serverless'),
    category: Type.Union(['audio', 'embedding', 'language', 'video', 'image'].map((category) => Type.Literal(category))),
    config: Type.Object(
      {
        runsOn: Type.Literal('GPU'),
        containerDiskInGb: Type.Integer(),
        gpuCount: Type.Integer(),
        gpuIds: Type.String({ pattern: '^[A-Z]+_\\d+(_PRO)?(,[A-Z]+_\\d+(_PRO)?)*$' }),
        allowedCudaVersions: CudaVersions,
        env: Type.Array(Type.Object({ key: Type.String(), input: Input }, exactly)),
        presets: Type.Array(Type.Object({ name: Type.String(), defaults: Type.Record(Type.String(), Type.String()) }, exactly)),
      },
      exactly,
    ),
  },
  exactly,
);

const Tests = Type.Object(
  {
    tests: Type.Array(Type.Object({ name: Type.String(), input: Type.Unknown(), timeout: Type.Integer() }, exactly), { minItems: 1 }),
    config: Type.Object(
      { gpuTypeId: Type.String(), gpuCount: Type.Integer(), env: Type.Array(Variable), allowedCudaVersions: CudaVersions },
      exactly,
    ),
  },
  exactly,
);

const hub = () => read('hub.json') as Static<typeof Hub>;
const tests = () => read('tests.json') as Static<typeof Tests>;

describe('the files for RunPod’s hub', () => {
  it('have the form that its guide describes, and a Dockerfile beside them', () => {
    expect([...Value.Errors(Hub, hub())]).toEqual([]);
    expect([...Value.Errors(Tests, tests())]).toEqual([]);
    expect(existsSync(path.join(root, '.runpod/Dockerfile'))).toBe(true);
  });

  it('offer only what the worker knows, with values that it takes', () => {
    const { env, presets } = hub().config;
    const defaults = Object.fromEntries(env.map(({ key, input }) => [key, input.default]));
    expect(Object.keys(defaults).filter((name) => !(name in settingsTable))).toEqual([]);
    expect(() => readWorkerSettings(defaults)).not.toThrow();
    for (const { key, input } of env) for (const { value } of input.options ?? []) expect(() => readWorkerSettings({ [key]: value })).not.toThrow();
    for (const preset of presets) expect(Object.keys(preset.defaults).filter((name) => !(name in defaults))).toEqual([]);
    expect(tests().config.env.filter(({ key }) => !(key in settingsTable))).toEqual([]);
  });

  it('test with jobs that the worker takes', () => {
    for (const { input } of tests().tests) expect(() => readJobInput(input)).not.toThrow();
    expect(tests().config.allowedCudaVersions).toEqual(hub().config.allowedCudaVersions);
  });
});
