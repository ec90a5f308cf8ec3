/** What a job may ask for, by the names of RunPod's faster-whisper worker, and what becomes of it. */
import { type JobInput, type ModelInfo, toAppError } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { jobAddress } from '../../src/pull/job-address.ts';
import { jobOptions, readJobInput } from '../../src/pull/job-options.ts';

const model = (change: Partial<ModelInfo>): ModelInfo => ({
  id: 'whisper',
  name: 'Whisper',
  languages: ['en', 'de'],
  wordTimes: true,
  prompt: true,
  translation: true,
  license: 'MIT',
  default: false,
  ...change,
});
const whisper = model({});
const plain = model({ id: 'plain', name: 'Plain', languages: ['en'], wordTimes: false, prompt: false, translation: false });

/** Every field at the default of its rp_schema.py. */
const defaults: JobInput = {
  audio: 'https://example.com/a.mp3',
  model: null,
  language: null,
  transcription: 'plain_text',
  translate: false,
  translation: 'plain_text',
  temperature: 0,
  best_of: 5,
  beam_size: 5,
  patience: 1,
  length_penalty: 0,
  suppress_tokens: '-1',
  initial_prompt: null,
  condition_on_previous_text: true,
  temperature_increment_on_fallback: 0.2,
  compression_ratio_threshold: 2.4,
  logprob_threshold: -1,
  no_speech_threshold: 0.6,
  enable_vad: false,
  word_timestamps: false,
};

const failure = (step: () => unknown) => {
  try {
    step();
  } catch (cause) {
    const { code, field, message } = toAppError(cause);
    return { code, field, message };
  }
  return null;
};

describe('the input of a job', () => {
  it('takes every field at its default, for any model', () => {
    expect(readJobInput(defaults)).toEqual(defaults);
    expect(jobOptions(defaults, [plain], 'plain')).toMatchObject({ model: 'plain', conditionOnPreviousText: false });
    expect(jobOptions(defaults, [whisper], 'whisper')).toMatchObject({ beamSize: 5, bestOf: 5, conditionOnPreviousText: true, lengthPenalty: null });
  });

  it('knows a model by all of its names', () => {
    const turbo = model({ id: 'large-v3-turbo' });
    expect(jobOptions({ ...defaults, model: 'turbo' }, [plain, turbo], 'plain').model).toBe('large-v3-turbo');
    expect(jobOptions(defaults, [plain, turbo], 'turbo').model).toBe('large-v3-turbo');
  });

  it('means the same as with RunPod’s worker', () => {
    const input: JobInput = {
      ...defaults,
      language: 'de',
      suppress_tokens: '-1, 50257',
      initial_prompt: 'Namen: Æsop',
      patience: 2,
      length_penalty: 0.5,
    };
    expect(jobOptions(readJobInput(input), [whisper], 'whisper')).toMatchObject({
      language: 'de',
      suppressTokens: [-1, 50257],
      prompt: 'Namen: Æsop',
      patience: 2,
      lengthPenalty: 0.5,
    });
  });

  it.each<[string, Partial<JobInput>]>([
    ['word_timestamps', { word_timestamps: true }],
    ['translate', { translate: true }],
    ['suppress_tokens', { suppress_tokens: '7' }],
    ['language', { language: 'fr' }],
    ['model', { model: 'other' }],
  ])('names %s where the model cannot honour it', (field, change) => {
    const found = failure(() => jobOptions({ ...defaults, ...change }, [plain], 'plain'));
    expect(found).toMatchObject({ field, message: expect.stringMatching(new RegExp(`field ${field}|Field ${field}`)) });
  });

  it.each<[string, object]>([
    ['beam_size', { beam_size: 99 }],
    ['transcription', { transcription: 'pdf' }],
    ['suppress_tokens', { suppress_tokens: 'all' }],
    ['audio_url', { audio_url: 'https://example.com/a.mp3' }],
    ['audio', { audio_base64: 'AAAA' }],
  ])('names %s where it is not as it should be', (field, change) => {
    const found = failure(() => readJobInput({ ...defaults, ...change }));
    expect(found).toMatchObject({ code: 'invalid_request', field, message: expect.stringContaining(field) });
  });

  it.each([
    'http://example.com/a.mp3',
    'https://127.0.0.1/a',
    'https://169.254.169.254/latest',
    'https://[::1]/a',
    'https://[::ffff:10.0.0.1]/a',
    'https://10.1.2.3/a',
  ])('does not fetch %s, unless that is allowed', (address) => {
    expect(failure(() => jobAddress(address, { allowInsecure: false, field: 'audio' }))).toMatchObject({ code: 'invalid_request', field: 'audio' });
    expect(jobAddress(address, { allowInsecure: true, field: 'audio' }).href).toContain('/');
  });

  it('fetches nothing by other protocols, whatever is allowed', () => {
    expect(failure(() => jobAddress('file:///etc/passwd', { allowInsecure: true, field: 'audio' }))).toMatchObject({ field: 'audio' });
  });
});
