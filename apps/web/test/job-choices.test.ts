import { defaultOptions, type ModelInfo, type Routing } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { furtherChoices, optionsOf, requestOf, unchosen, usable } from '../src/uploads/job-choices.ts';

const model = (id: string, languages: string[], part: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, name: id, languages, wordTimes: false, prompt: false, translation: false, license: 'MIT', default: false },
  ...part,
});
const models = [model(defaultOptions.model, ['en'], { default: true }), model('large', ['de', 'en'])];
const routing: Routing = { mode: 'off', choices: ['auto', 'cpu'], place: null, timesRealTime: null, reason: '', waits: [], notices: [] };

describe('what was chosen before', () => {
  it('stays chosen while it can be had', () => {
    expect(usable({ ...unchosen, model: 'large', language: 'de', compute: 'cpu' }, { models, fetchable: [], routing })).toMatchObject({
      model: 'large',
      language: 'de',
      compute: 'cpu',
    });
  });

  it('gives way to what comes by itself where it is gone or means nothing', () => {
    const gone = usable({ ...unchosen, model: 'removed', language: 'de', compute: 'gpu' }, { models, fetchable: [], routing });
    expect(gone).toMatchObject({ model: defaultOptions.model, language: '', compute: 'auto' });
    expect(usable({ ...unchosen, model: 'large', language: 'fr', compute: 'auto' }, { models, fetchable: [], routing }).language).toBe('');
    expect(usable({ ...unchosen, model: '', language: '', compute: 'auto' }, { models: [], fetchable: [], routing })).toMatchObject({
      model: '',
      info: undefined,
    });
  });

  it('may be a model that a remote worker has to fetch, and then does not run on this computer', () => {
    const fetchable = [{ ...model('turbo', ['de', 'en']), maxBytes: 3_236_000_000 }];
    const open: Routing = { ...routing, mode: 'optional', choices: ['auto', 'gpu', 'cpu'] };
    const choices = usable({ ...unchosen, model: 'turbo', language: 'de', compute: 'cpu' }, { models, fetchable, routing: open });
    expect(choices).toMatchObject({ model: 'turbo', language: 'de', compute: 'auto', places: ['auto', 'gpu'] });
  });

  it('is left out where the model cannot do it', () => {
    const asked = { ...unchosen, task: 'translate', wordTimes: true, glossary: 'Zürich', prompt: 'Hello.' } as const;
    expect(usable(asked, { models, fetchable: [], routing })).toMatchObject({ task: 'transcribe', wordTimes: false, glossary: '', prompt: '' });
    const able = [model('able', ['en'], { prompt: true, translation: true, wordTimes: true })];
    expect(usable(asked, { models: able, fetchable: [], routing })).toMatchObject({ ...asked, model: 'able' });
    expect(furtherChoices(asked)).toBe(4);
  });
});

describe('what is asked of a job', () => {
  it('is what differs from what comes by itself; speakers are told apart unless nobody wants it', () => {
    expect(optionsOf(unchosen)).toEqual({ diarization: true, speakers: null });
    expect(optionsOf({ ...unchosen, speakers: '3' })).toEqual({ diarization: true, speakers: 3 });
    expect(optionsOf({ ...unchosen, speakers: 'off', quality: 'accurate' })).toEqual({ quality: 'accurate' });
  });

  it('has what stands under "More", where it is not as it comes', () => {
    const asked = { ...unchosen, minSpeakers: '2', maxSpeakers: '5', channels: 'separate', languageDetection: 'window', priority: '-3' } as const;
    const decoding = { beamSize: '3', temperature: '', temperatureFallback: true, conditionOnPreviousText: true, prefix: ' Dear all ' };
    expect(requestOf({ ...asked, decoding })).toEqual({
      compute: 'auto',
      priority: -3,
      options: {
        ...{ diarization: true, speakers: null, minSpeakers: 2, maxSpeakers: 5, channels: 'separate', languageDetection: 'window' },
        ...{ beamSize: 3, conditionOnPreviousText: true, prefix: 'Dear all' },
      },
    });
    expect(furtherChoices({ ...asked, decoding })).toBe(8);
    expect(optionsOf({ ...asked, speakers: '4', language: 'de' })).toEqual({ language: 'de', diarization: true, speakers: 4, channels: 'separate' });
    expect(furtherChoices(unchosen)).toBe(0);
  });

  it('has the terms of the glossary one by one, without blanks', () => {
    expect(optionsOf({ ...unchosen, speakers: 'off', glossary: ' Zürich\n\nAnna O. ' })).toEqual({ glossary: ['Zürich', 'Anna O.'] });
  });
});
