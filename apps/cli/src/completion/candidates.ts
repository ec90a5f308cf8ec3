import type { Command, Option } from 'commander';

export interface Candidate {
  readonly name: string;
  readonly description: string;
}

/** The shell knows the files. */
export const FILES = Symbol('files');

/** What may stand in the place of the last of `words`, which may be empty. Pure. */
export function candidates(program: Command, words: readonly string[]): readonly Candidate[] | typeof FILES {
  const before = words.slice(0, -1);
  const last = words.at(-1) ?? '';
  const command = commandIn(program, before);
  const option = optionNamed(command, before.at(-1) ?? '');
  if (option && takesValue(option)) return valuesOf(option);
  if (last.startsWith('-')) return flagsOf(command);
  const commands = command.createHelp().visibleCommands(command);
  if (commands.length > 0) return commands.map((one) => ({ name: one.name(), description: one.description() }));
  const [argument] = command.registeredArguments;
  if (!argument) return [];
  return argument.argChoices?.map(withoutDescription) ?? FILES;
}

function commandIn(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => command.commands.find((one) => one.name() === word) ?? command, program);
}

const optionNamed = (command: Command, flag: string): Option | undefined =>
  command.options.find(({ short, long }) => flag !== '' && (flag === long || flag === short));
const takesValue = ({ required, optional }: Option): boolean => required || optional;

function valuesOf({ argChoices, flags }: Option): readonly Candidate[] | typeof FILES {
  if (argChoices) return argChoices.map(withoutDescription);
  // What the value is called tells whether it may be a path.
  return /<(folder|file|name)>/.test(flags) ? FILES : [];
}

const flagsOf = (command: Command): Candidate[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ name: long, description: firstSentence(description) }] : []));

/** A shell shows one line. */
const firstSentence = (text: string): string => text.split(/(?<=[.;]) /)[0] ?? '';

const withoutDescription = (name: string): Candidate => ({ name, description: '' });
