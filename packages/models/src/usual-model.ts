/** Which model is meant where nobody names one: the embedded one until another is installed. */
import type { InstalledCheckpoint } from '@bulk-transcribe/protocol';
import { listInstalled } from './installed-checkpoints.ts';
import { thisMachine } from './machine.ts';
import { ModelFolders } from './model-folders.ts';
import { type Machine, suits } from './proposal.ts';

/** Of the folders in `modelsDir`; null where none of them suits the machine. */
export const usualModel = async (modelsDir: string, machine = thisMachine()): Promise<string | null> =>
  chooseUsual(await listInstalled(new ModelFolders(modelsDir)), machine);

/** The largest that suits the machine. One for many languages goes first: who names no model may speak any. Pure. */
export function chooseUsual(installed: readonly InstalledCheckpoint[], machine: Machine): string | null {
  const usable = installed.flatMap(({ name, parameters, memoryBytes, languages, problem }) =>
    problem === null && parameters !== null && memoryBytes !== null ? [{ name, parameters, memoryBytes, many: Number(languages.length > 1) }] : [],
  );
  const [first] = usable.filter((model) => suits(model, machine)).toSorted((a, b) => b.many - a.many || b.parameters - a.parameters);
  return first?.name ?? null;
}
