/** A flag for each transcription option of the API that has none of its own here: `beamSize` becomes `--beam-size`. */
import { defaultOptions, TranscribeOptions, type TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { InvalidArgumentError, Option } from 'commander';

type Name = keyof TranscribeOptions;

/** Options that have flags made for people. */
const byHand: ReadonlySet<string> = new Set<Name>(['model', 'language', 'task', 'prompt', 'glossary', 'quality', 'diarization', 'speakers']);

const names = (Object.keys(TranscribeOptions.properties) as Name[]).filter((name) => !byHand.has(name));

/** What stands for null on the command line. */
const NONE = 'none';
/** The same once it is read: commander takes null for a value that is missing. */
const NULL = Symbol(NONE);

export const decodingFlags = (): Option[] => names.map((name) => flagFor(name).helpGroup('Fine tuning (the options of the API; defaults as there):'));

/** Those that were given. */
export const decodingInput = (given: Readonly<Record<string, unknown>>): TranscribeOptionsInput =>
  Object.fromEntries(names.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name] === NULL ? null : given[name]]])));

function flagFor(name: Name): Option {
  const schema: TSchema = TranscribeOptions.properties[name];
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const usual = defaultOptions[name];
  const about = (schema.description ?? '').replaceAll('null', NONE);
  if (usual === true) return new Option(`--no-${flag}`, `(switches it off) ${about}`);
  if (usual === false) return new Option(`--${flag}`, about);
  const choices = choicesOf(schema);
  const described = `${about} (default: ${inWords(usual)})`;
  if (choices.length > 0) return new Option(`--${flag} <choice>`, described).choices(choices);
  const option = new Option(`--${flag} <${placeholder(schema)}>`, described).argParser((text) => parse(schema, text) ?? NULL);
  // Not the opposite of a “speech threshold”.
  option.negate = false;
  return option;
}

/** The values of a union of words. */
const choicesOf = ({ anyOf = [] }: TSchema): string[] => anyOf.flatMap(({ const: word }: TSchema) => (typeof word === 'string' ? [word] : []));

const isNullable = ({ anyOf = [] }: TSchema): boolean => anyOf.some(({ type }: TSchema) => type === 'null');
const inner = (schema: TSchema): TSchema => schema['anyOf']?.find(({ type }: TSchema) => type !== 'null') ?? schema;

const placeholder = (schema: TSchema): string => ({ array: 'ids', string: 'text' })[String(inner(schema)['type'])] ?? 'number';

function parse(schema: TSchema, text: string): unknown {
  const value = isNullable(schema) && text === NONE ? null : valueIn(inner(schema), text);
  if (Value.Check(schema, value)) return value;
  throw new InvalidArgumentError(`Allowed: ${allowed(schema)}.`);
}

/** NaN, which no schema takes, where a number is none. */
function valueIn({ type }: TSchema, text: string): unknown {
  if (type === 'string') return text;
  const toNumber = (word: string) => (word.trim() === '' ? Number.NaN : Number(word));
  if (type !== 'array') return toNumber(text);
  return text.trim() === '' ? [] : text.split(',').map(toNumber);
}

function allowed(schema: TSchema): string {
  const { type, minimum, exclusiveMinimum, maximum, maxLength } = inner(schema);
  const or = isNullable(schema) ? `, or ${NONE}` : '';
  if (type === 'array') return 'ids of tokens, separated by commas; -1 is the list of the model';
  if (type === 'string') return `at most ${maxLength} characters`;
  const bounds = [
    minimum !== undefined && `at least ${minimum}`,
    exclusiveMinimum !== undefined && `more than ${exclusiveMinimum}`,
    maximum !== undefined && `at most ${maximum}`,
  ];
  const limits = bounds.filter(Boolean).join(', ');
  return `a ${type === 'integer' ? 'whole ' : ''}number, ${limits}${or}`;
}

const inWords = (value: unknown): string => (value === null ? NONE : value === '' ? 'none' : Array.isArray(value) ? value.join(',') : String(value));
