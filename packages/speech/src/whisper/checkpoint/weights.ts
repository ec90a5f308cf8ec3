/** The weights of a checkpoint, in one file or in shards, checked against the model's sizes; read one at a time. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { damaged } from './damaged.ts';
import type { Dimensions } from './dimensions.ts';
import { expectedShapes } from './expected-shapes.ts';
import { isObject, readJsonFile } from './json-file.ts';
import { SafetensorsFile } from './safetensors.ts';

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

export interface Weights extends Disposable {
  /** All numbers of a tensor, row-major; names without "model." in front. */
  read(name: string): Float32Array;
  has(name: string): boolean;
  readonly shape: (name: string) => readonly number[];
}

/** Names of the files that hold the weights. */
export function weightFiles(folder: string): string[] {
  if (existsSync(path.join(folder, SINGLE)) || !existsSync(path.join(folder, INDEX))) return [SINGLE];
  const { weight_map: map } = readJsonFile(folder, INDEX);
  const names = isObject(map) ? [...new Set(Object.values(map))] : [];
  if (names.length === 0 || !names.every(isPlainName)) throw damaged(INDEX, 'its weight_map does not name files beside it');
  return [...names.sort(), INDEX];
}

const isPlainName = (name: unknown): name is string => typeof name === 'string' && name === path.basename(name) && name.endsWith('.safetensors');

/** Every tensor of such a model is there and has its shape. */
export function openWeights(folder: string, dimensions: Dimensions): Weights {
  const files: SafetensorsFile[] = [];
  const close = () => {
    for (const file of files) file[Symbol.dispose]();
  };
  try {
    for (const name of weightFiles(folder)) if (name !== INDEX) files.push(new SafetensorsFile(path.join(folder, name)));
    const found = placesOf(files);
    checkShapes(found, dimensions);
    return weightsOf(found, close);
  } catch (cause) {
    close();
    throw cause;
  }
}

interface Place {
  readonly file: SafetensorsFile;
  /** As the file calls it. */
  readonly tensor: string;
  readonly shape: readonly number[];
}

function placesOf(files: readonly SafetensorsFile[]): Map<string, Place> {
  const found = new Map<string, Place>();
  for (const file of files) {
    for (const [tensor, { shape }] of file.entries) {
      const name = tensor.replace(/^model\./, '');
      if (found.has(name)) throw damaged(file.name, `it has a second tensor ${name}`);
      found.set(name, { file, tensor, shape });
    }
  }
  return found;
}

function checkShapes(found: ReadonlyMap<string, Place>, dimensions: Dimensions): void {
  for (const [name, shape] of expectedShapes(dimensions)) {
    const place = found.get(name);
    if (!place) throw damaged(SINGLE, `the tensor ${name} is missing`);
    if (String(place.shape) !== String(shape)) throw damaged(place.file.name, `${name} has the shape [${place.shape}], config.json wants [${shape}]`);
  }
}

function weightsOf(found: ReadonlyMap<string, Place>, close: () => void): Weights {
  const place = (name: string): Place => {
    const known = found.get(name);
    if (!known) throw damaged(SINGLE, `the tensor ${name} is missing`);
    return known;
  };
  return {
    read: (name) => place(name).file.read(place(name).tensor),
    has: (name) => found.has(name),
    shape: (name) => place(name).shape,
    [Symbol.dispose]: close,
  };
}
