/** How a model that writes token by token is to do it, as people choose it: a table, and what is asked of the job. Pure. */
import type { TranscribeOptions, TranscribeOptionsInput } from '@bulk-transcribe/protocol';

type NumberKey =
  | 'beamSize'
  | 'bestOf'
  | 'patience'
  | 'lengthPenalty'
  | 'temperature'
  | 'temperatureIncrement'
  | 'compressionRatioThreshold'
  | 'logProbThreshold'
  | 'noSpeechThreshold';
export type CheckKey = 'conditionOnPreviousText' | 'withoutTimestamps' | 'temperatureFallback';

/** What differs from how it comes by itself; numbers as they were typed. */
export type DecodingChoices = Partial<Record<NumberKey, string> & Record<CheckKey, boolean> & Pick<TranscribeOptions, 'prefix'>>;

interface NumberField {
  readonly key: NumberKey;
  readonly min: number;
  readonly max: number;
  readonly step: number | 'any';
  /** As it comes, for people to see. */
  readonly usual: string;
}

export const numberFields: readonly NumberField[] = [
  { key: 'beamSize', min: 1, max: 10, step: 1, usual: '1' },
  { key: 'bestOf', min: 1, max: 10, step: 1, usual: '1' },
  { key: 'patience', min: 0.1, max: 10, step: 'any', usual: '1' },
  { key: 'lengthPenalty', min: 0, max: 1, step: 'any', usual: '' },
  { key: 'temperature', min: 0, max: 1, step: 'any', usual: '0' },
  { key: 'temperatureIncrement', min: 0, max: 1, step: 'any', usual: '0.2' },
  { key: 'compressionRatioThreshold', min: 0, max: 100, step: 'any', usual: '2.4' },
  { key: 'logProbThreshold', min: -100, max: 0, step: 'any', usual: '-1' },
  { key: 'noSpeechThreshold', min: 0, max: 1, step: 'any', usual: '0.6' },
];

/** With what each is without a choice. */
export const checkFields: readonly (readonly [CheckKey, boolean])[] = [
  ['temperatureFallback', true],
  ['conditionOnPreviousText', false],
  ['withoutTimestamps', false],
];

export function decodingOptionsOf(choices: DecodingChoices): TranscribeOptionsInput {
  const numbers = numberFields.flatMap(({ key }) => (choices[key] ? [[key, Number(choices[key])]] : []));
  const checks = checkFields.flatMap(([key, usual]) => (choices[key] === undefined || choices[key] === usual ? [] : [[key, choices[key]]]));
  const prefix = choices.prefix?.trim();
  return { ...Object.fromEntries([...numbers, ...checks]), ...(prefix && { prefix }) };
}
