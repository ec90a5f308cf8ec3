import { defaultOptions, type ModelInfo, type Routing } from '@bulk-transcribe/protocol';
import { describe, expect, it } from 'vitest';
import { usable } from '../src/uploads/job-choices.ts';

const model = (id: string, languages: string[], part: Partial<ModelInfo> = {}): ModelInfo => ({
  ...{ id, name: id, languages, wordTimes: false, prompt: false, translation: false, license: 'MIT', default: false },
  ...part,
});
const models = [model(defaultOptions.model, ['en'], { default: true }), model('large', ['de', 'en'])];
const routing: Routing = { mode: 'off', choices: ['auto', 'cpu'], place: null, timesRealTime: null, reason: '', waits: [], notices: [] };

describe('what was chosen before', () => {
  it('stays chosen while it can be had', () => {
    expect(usable({ model: 'large', language: 'de', compute: 'cpu' }, { models, routing })).toMatchObject({
      model: 'large',
      language: 'de',
      compute: 'cpu',
    });
  });

  it('gives way to what comes by itself where it is gone or means nothing', () => {
    const gone = usable({ model: 'removed', language: 'de', compute: 'gpu' }, { models, routing });
    expect(gone).toMatchObject({ model: defaultOptions.model, language: '', compute: 'auto' });
    expect(usable({ model: 'large', language: 'fr', compute: 'auto' }, { models, routing }).language).toBe('');
    expect(usable({ model: '', language: '', compute: 'auto' }, { models: [], routing })).toMatchObject({ model: '', info: undefined });
  });
});
