import { availableParallelism, cpus, totalmem } from 'node:os';
import { type IntegerUnit, integerUnit } from '../packages/speech/src/whisper/cpu-flags.ts';

/** Processors of one name differ in it, and figures differ with it. */
const UNITS: Record<IntegerUnit, string> = { none: 'without VNNI', vnni: 'with VNNI', amx: 'with AMX' };

/** Enough to compare figures with, and nothing that tells whose machine it is. */
export const describeMachine = (): string =>
  `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown CPU'} ${UNITS[integerUnit()]}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${process.platform} ${process.arch}`;
