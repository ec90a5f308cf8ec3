import { defaultOptions } from '@bulk-transcribe/protocol';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { type Choices, choiceFlags, optionsInput } from '../src/transcribe/choices.ts';

/** What the flags ask for. */
function read(...args: string[]) {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const flag of choiceFlags()) command.addOption(flag);
  return optionsInput(command.parse(args, { from: 'user' }).opts<Choices>());
}

describe('flags', () => {
  it('are there for every option of the API, under its name', () => {
    const flags = choiceFlags().map((flag) => flag.attributeName());
    const byHand = { task: 'translate', quality: 'accurate', diarization: 'speakers' } as Record<string, string>;
    expect(flags).toEqual(expect.arrayContaining(Object.keys(defaultOptions).map((name) => byHand[name] ?? name)));
  });

  it.each([
    [['--beam-size', '5'], { beamSize: 5 }],
    [['--beam-size', 'none'], { beamSize: null }],
    [['--no-speech-threshold', '0.4'], { noSpeechThreshold: 0.4 }],
    [['--log-prob-threshold', '-0.5'], { logProbThreshold: -0.5 }],
    [['--no-temperature-fallback'], { temperatureFallback: false }],
    [['--suppress-tokens', '-1,50'], { suppressTokens: [-1, 50] }],
    [['--suppress-tokens', ''], { suppressTokens: [] }],
    [['--word-times', '--prefix', 'So'], { wordTimes: true, prefix: 'So' }],
    [['--language', 'German'], { language: 'de' }],
    [['--language', 'pt-BR'], { language: 'pt' }],
    [['--language', 'EN'], { language: 'en' }],
    [['--language', 'klingonish'], { language: 'klingonish' }],
    [['--max-speakers', '3'], { diarization: true, maxSpeakers: 3 }],
    [['--speakers', 'auto', '--channels', 'separate'], { diarization: true, channels: 'separate' }],
    [['--translate', '--accurate', '--glossary', 'Ely, Ouse,'], { task: 'translate', quality: 'accurate', glossary: ['Ely', 'Ouse'] }],
  ])('%j ask for %j', (args, asked) => {
    expect(read(...args)).toEqual({ temperatureFallback: true, ...asked });
  });

  it.each([
    [['--beam-size', '40'], 'Allowed: a whole number, at least 1, at most 10, or none.'],
    [['--patience', '0'], 'Allowed: a number, more than 0, at most 10.'],
    [['--temperature', ''], 'Allowed: a number, at least 0, at most 1.'],
    [['--suppress-tokens', 'um'], 'Allowed: ids of tokens, separated by commas'],
    [['--speakers', '65'], '"65" is not auto, nor a number from 1 to 64.'],
    [['--format', 'txt,odt'], '"odt" is not one of txt, md, docx, pdf, srt, vtt, csv, json, rttm.'],
    [['--controller', 'ftp://example.org'], 'Allowed: an http:// or https:// address'],
    [['--token', 'with blanks'], 'Allowed: a token of visible characters without blanks'],
    [['--channels', 'left'], 'Allowed choices are auto, mix, separate.'],
  ])('%j are refused with what is allowed', (args, sentence) => {
    expect(() => read(...args)).toThrow(sentence);
  });
});
