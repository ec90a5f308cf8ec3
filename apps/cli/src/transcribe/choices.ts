/** The options of `transcribe`, and what they ask of the engine. */
import { defaultOptions, type ExportFormat, exportFormats, MOST_SPEAKERS, type TranscribeOptionsInput } from '@bulk-transcribe/protocol';
import { baseUrl, type Setting } from '@bulk-transcribe/service';
import { InvalidArgumentError, Option } from 'commander';
import { settingsTable } from '../config.ts';
import { decodingFlags, decodingInput } from './decoding-flags.ts';
import { languageCode } from './language-code.ts';

export interface Choices {
  readonly model?: string;
  readonly language?: string;
  readonly translate?: true;
  readonly prompt?: string;
  readonly glossary?: string;
  readonly accurate?: true;
  readonly speakers?: number | 'auto';
  readonly format: readonly ExportFormat[];
  readonly out?: string;
  readonly overwrite?: true;
  readonly again?: true;
  readonly json?: true;
  readonly controller?: string;
  readonly token?: string;
  /** The rest, under the names of the API. */
  readonly [decoding: string]: unknown;
}

export const choiceFlags = (): Option[] => [
  new Option(
    '--model <name>',
    `model to use: its name, an alias (turbo), its repository on the hub, or the path of a folder that holds it (default: the largest that is installed and suits this computer, else ${defaultOptions.model})`,
  ),
  new Option('--language <code>', 'language of the recordings, for example en or English').argParser(languageCode),
  new Option('--translate', 'text in English, whatever is spoken; not every model can'),
  new Option('--prompt <text>', 'text in the style and spelling to expect; not every model uses it'),
  new Option('--glossary <terms>', 'names and terms to expect, separated by commas; hundreds if need be'),
  new Option('--accurate', 'search wider: fewer errors in difficult audio for about twice the computing'),
  new Option('--speakers <count>', 'say who speaks; how many voices there are, or auto').argParser(parseSpeakers),
  new Option('--format <list>', `formats, separated by commas: ${exportFormats.join(', ')}`).default(['txt'], 'txt').argParser(parseFormats),
  new Option(
    '--out <folder>',
    'folder for the transcripts; without it, one file in one format goes to standard output, more go to the current folder',
  ),
  new Option('--overwrite', 'replace transcripts that exist already and were made of something else; without it they are kept'),
  new Option('--again', 'transcribe also what is done, and replace its transcripts'),
  new Option('--json', 'a line of JSON for each recording on standard output, for programs'),
  new Option('--controller <url>', 'send the recordings to this controller, wait, and fetch the transcripts').argParser(
    readAs(baseUrl({ about: '' })),
  ),
  new Option(
    '--token <token>',
    'one of its API_TOKENS; better put into CONTROLLER_TOKEN, where no other program and no history of the shell sees it',
  ).argParser(readAs(settingsTable.CONTROLLER_TOKEN)),
  ...decodingFlags(),
];

const readAs =
  ({ parse, allowed }: Setting<string>) =>
  (given: string): string => {
    try {
      return parse(given, '');
    } catch {
      throw new InvalidArgumentError(`Allowed: ${allowed}.`);
    }
  };

function parseSpeakers(given: string): number | 'auto' {
  if (given === 'auto') return 'auto';
  if (/^[1-9]\d?$/.test(given) && Number(given) <= MOST_SPEAKERS) return Number(given);
  throw new InvalidArgumentError(`"${given}" is not auto, nor a number from 1 to ${MOST_SPEAKERS}.`);
}

function parseFormats(given: string): ExportFormat[] {
  const formats = given.split(',').map((name) => {
    const format = exportFormats.find((known) => known === name.trim());
    if (format === undefined) throw new InvalidArgumentError(`"${name}" is not one of ${exportFormats.join(', ')}.`);
    return format;
  });
  return [...new Set(formats)];
}

/** `model` apart: where it is looked for depends on who transcribes. */
export function optionsInput(choices: Choices): TranscribeOptionsInput {
  const { language, translate, prompt, glossary, accurate, speakers } = choices;
  const decoding = decodingInput(choices);
  const namesVoices = speakers !== undefined || ['minSpeakers', 'maxSpeakers', 'channels'].some((name) => name in decoding);
  return {
    ...decoding,
    ...(language !== undefined && { language }),
    ...(translate && { task: 'translate' }),
    ...(prompt !== undefined && { prompt }),
    ...(glossary !== undefined && { glossary: termsOf(glossary) }),
    ...(accurate && { quality: 'accurate' }),
    ...(namesVoices && { diarization: true }),
    ...(typeof speakers === 'number' && { speakers }),
  };
}

const termsOf = (glossary: string): string[] =>
  glossary
    .split(',')
    .map((term) => term.trim())
    .filter(Boolean);
