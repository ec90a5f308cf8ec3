import { defaultOptions, type ModelInfo, type Routing } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { furtherChoices, optionsOf, unchosen, usable } from '../src/uploads/job-choices.ts';

const model = (id: string, languages: string[], part: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, name: id, languages, wordTimes: false, prompt: false, translation: false, license: 'MIT', default: false },
  ...part,
});
const models = [model(defaultOptions.model, ['en'], { default: true }), model('large', ['de', 'en'])];
const routing: Routing = { mode: 'off', choices: ['auto', 'cpu'], place: null, timesRealTime: null, reason: '', waits: [], notices: [] };

describe('what was chosen before', () => {
  it('stays chosen while it can be had', () => {
    expect(usable({ ...unchosen, model: 'large', language: 'de', compute: 'cpu' }, { models, routing })).toMatchObject({
      model: 'large',
      language: 'de',
      compute: 'cpu',
    });
  });

  it('gives way to what comes by itself where it is gone or means nothing', () => {
    const gone = usable({ ...unchosen, model: 'removed', language: 'de', compute: 'gpu' }, { models, routing });
    expect(gone).toMatchObject({ model: defaultOptions.model, language: '', compute: 'auto' });
    expect(usable({ ...unchosen, model: 'large', language: 'fr', compute: 'auto' }, { models, routing }).language).toBe('');
    expect(usable({ ...unchosen, model: '', language: '', compute: 'auto' }, { models: [], routing })).toMatchObject({ model: '', info: undefined });
  });

  it('is left out where the model cannot do it', () => {
    const asked = { ...unchosen, task: 'translate', wordTimes: true, glossary: 'Zürich', prompt: 'Hello.' } as const;
    expect(usable(asked, { models, routing })).toMatchObject({ task: 'transcribe', wordTimes: false, glossary: '', prompt: '' });
    const able = [model('able', ['en'], { prompt: true, translation: true, wordTimes: true })];
    expect(usable(asked, { models: able, routing })).toMatchObject({ ...asked, model: 'able' });
    expect(furtherChoices(asked)).toBe(4);
  });
});

describe('what is asked of a job', () => {
  it('is what differs from what comes by itself; speakers are told apart unless nobody wants it', () => {
    expect(optionsOf(unchosen)).toEqual({ diarization: true, speakers: null });
    expect(optionsOf({ ...unchosen, speakers: '3' })).toEqual({ diarization: true, speakers: 3 });
    expect(optionsOf({ ...unchosen, speakers: 'off', quality: 'accurate' })).toEqual({ quality: 'accurate' });
  });

  it('has the terms of the glossary one by one, without blanks', () => {
    expect(optionsOf({ ...unchosen, speakers: 'off', glossary: ' Zürich\n\nAnna O. ' })).toEqual({ glossary: ['Zürich', 'Anna O.'] });
  });
});
