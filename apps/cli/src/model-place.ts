import path from 'node:path';
import { isPath } from '@bulk-transcribe/models';
import { fromUser } from './config.ts';

/** A folder is a model of the folder around it; anything else is looked for in `modelsDir`. */
export function placeOf(model: string, modelsDir: string): { name: string; modelsDir: string } {
  if (!isPath(model)) return { name: model, modelsDir };
  const folder = path.resolve(fromUser(model));
  return { name: path.basename(folder), modelsDir: path.dirname(folder) };
}
