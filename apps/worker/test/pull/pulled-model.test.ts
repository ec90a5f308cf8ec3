/** The model that a pulled job names: by any of its names, and fetched where it is not there yet. */
import { AppError, defaultOptions, type ModelInfo } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { createFakeEngine, fakeEngineInfo } from '../fake-engine.ts';
import { pullOne, scripted } from './one-job-server.ts';

const turbo: ModelInfo = { ...(fakeEngineInfo.models[0] as ModelInfo), id: 'large-v3-turbo', default: false };
const job = (model?: string) => ({ id: 'job-1', input: { ...scripted('windows=1,text=Heard.'), ...(model && { model }) } });

describe('the model of a pulled job', () => {
  it('is the worker’s own, by an alias too, where the job names none', async () => {
    const { engine, end } = await pullOne(job(), { model: 'turbo', engine: createFakeEngine({ more: [turbo] }) });
    expect(end.output?.transcription).toBe('Heard.');
    expect(engine.heardWith).toEqual(['large-v3-turbo']);
  });

  it('is the engine’s default where neither the job nor the settings name one', async () => {
    const [embedded] = fakeEngineInfo.models;
    const usual = createFakeEngine({ more: [turbo] });
    const models = async () => [
      { ...(embedded as ModelInfo), default: false },
      { ...turbo, default: true },
    ];
    const { engine, end } = await pullOne(job(), { model: '', engine: { ...usual, models } });
    expect(end.output?.transcription).toBe('Heard.');
    expect(engine.heardWith).toEqual(['large-v3-turbo']);
  });

  it('is fetched where it is not there, and meant by any of its names', async () => {
    const more: ModelInfo[] = [];
    const fetched: string[] = [];
    const fetchModel = async (name: string) => {
      if (name === defaultOptions.model) return;
      fetched.push(name);
      more.push(turbo);
    };
    const { engine, end } = await pullOne(job('turbo'), { engine: createFakeEngine({ more }), fetchModel });
    expect(end.output?.transcription).toBe('Heard.');
    expect([fetched, engine.heardWith]).toEqual([['turbo'], ['large-v3-turbo']]);
  });

  it('that cannot be had ends the job with the reason and the field', async () => {
    const fetchModel = async (name: string) => {
      if (name !== defaultOptions.model) throw new AppError('model_gated', 'The hub gives it only with a token.');
    };
    const { end } = await pullOne(job('somebody/whisper-of-mine'), { fetchModel });
    expect(end.error).toMatch(/^The hub gives it only with a token\. \(Field model: “somebody\/whisper-of-mine”\.\) .*\(model_gated\)$/);
  });
});
