import {
  EMBEDDED_MODEL,
  type InstalledCheckpoint,
  type KnownModel,
  type ModelInstall,
  type ModelProposal,
  type ModelsOverview,
} from '@bulk-transcribe/protocol';
import { bytesInWords } from '../bytes-in-words.ts';

/** What `models list` shows. Pure. */
export function modelsTable({ installed, known, installs, proposal }: ModelsOverview): string {
  const here = new Set(installed.map(({ name }) => name));
  const others = known.filter(({ name }) => !here.has(name));
  return [
    'Installed:',
    ...columns([[EMBEDDED_MODEL, 'comes with the product', 'English'], ...installed.map(installedRow)]),
    '',
    ...unfinishedLines(installs),
    'Can be installed by name (memory: expected, from the number of parameters):',
    ...columns(others.map(knownRow)),
    'and any Whisper checkpoint of the hub by owner/name, or a folder by its path.',
    '',
    ...proposalLines(proposal, here),
    '',
  ].join('\n');
}

const unfinishedLines = (installs: readonly ModelInstall[]): string[] =>
  installs.length === 0
    ? []
    : [
        'Not finished (install goes on with it, remove deletes it):',
        ...columns(installs.map(({ name, doneBytes }) => [name, bytesInWords(doneBytes)])),
        '',
      ];

const installedRow = (model: InstalledCheckpoint): string[] => [
  model.name,
  bytesInWords(model.bytes),
  languagesInWords(model.languages),
  model.memoryBytes === null ? '' : `${bytesInWords(model.memoryBytes)} memory`,
  model.problem ? `cannot be used: ${model.problem}` : from(model),
];

const from = ({ repository, commit }: InstalledCheckpoint): string =>
  repository === null ? 'from a folder' : `${repository}${commit === null ? '' : ` at ${commit.slice(0, 12)}`}`;

const knownRow = (model: KnownModel): string[] => [
  model.name,
  `${Math.round(model.parameters / 1e6)} M parameters`,
  languagesInWords(model.languages),
  `${bytesInWords(model.memoryBytes)} memory`,
  model.repository,
];

function languagesInWords(languages: readonly string[]): string {
  if (languages.length === 0) return '';
  if (languages.length > 3) return `${languages.length} languages`;
  return languages.map((code) => new Intl.DisplayNames('en', { type: 'language' }).of(code)).join(', ');
}

function proposalLines({ name, englishName, memoryBytes, cores, basis }: ModelProposal, here: ReadonlySet<string>): string[] {
  const machine = `This computer (${bytesInWords(memoryBytes)} memory, ${cores} cores)`;
  if (name === null) return [`${machine} is too small for each of them; ${EMBEDDED_MODEL} runs.`, basis];
  const english = englishName === null ? '' : `, for English alone ${englishName}`;
  return [`${machine}: ${name}${here.has(name) ? ' (installed)' : ''}${english}.`, basis];
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd());
}
