import path from 'node:path';
import { matchModel } from '@bulk-transcribe/models';
import { GRAPHS_FOLDER } from '@bulk-transcribe/protocol';
import { startEngine } from '@bulk-transcribe/speech';
import { readConfig } from '../config.ts';
import { onInterrupt } from '../interrupt.ts';
import { placeOf } from '../model-place.ts';
import { sentence } from '../sentence.ts';
import { print } from '../standard-output.ts';
import { benchTable } from './bench-table.ts';
import { measureEngine } from './measure-engine.ts';

export interface BenchChoices {
  readonly model: string;
  readonly accurate?: boolean;
  readonly rounds: number;
  readonly json?: true;
}

/** Answers the exit code. */
export async function bench({ model, accurate = false, rounds, json }: BenchChoices): Promise<number> {
  const interrupt = onInterrupt('Stopped.');
  const { THREADS: threads, DEVICE: device, MODELS_DIR } = readConfig();
  const place = placeOf(model, MODELS_DIR);
  const engine = startEngine({ threads, device, modelsDir: place.modelsDir, graphsDir: path.join(MODELS_DIR, GRAPHS_FOLDER) });
  try {
    const ids = (await engine.models()).map(({ id }) => id);
    const name = matchModel(place.name, ids) ?? place.name;
    const measured = await measureEngine(engine, { model: name, rounds, accurate, signal: interrupt.signal });
    await print(json ? `${JSON.stringify(measured)}\n` : benchTable(measured));
    return 0;
  } catch (cause) {
    console.error(interrupt.exitCode() === null ? sentence(cause) : 'Stopped.');
    return interrupt.exitCode() ?? 1;
  } finally {
    await engine.close();
  }
}
