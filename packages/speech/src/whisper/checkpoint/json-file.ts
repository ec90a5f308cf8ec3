import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { damaged } from './damaged.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A JSON file of the checkpoint that holds an object. */
export function readJsonFile(folder: string, name: string): JsonObject {
  const value = parse(name, read(folder, name));
  if (!isObject(value)) throw damaged(name, 'it holds no JSON object');
  return value;
}

/** The same, empty where there is no such file. */
export const readOptionalJsonFile = (folder: string, name: string): JsonObject =>
  existsSync(path.join(folder, name)) ? readJsonFile(folder, name) : {};

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function read(folder: string, name: string): string {
  try {
    return readFileSync(path.join(folder, name), 'utf8');
  } catch (cause) {
    throw damaged(name, 'it cannot be read', cause);
  }
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(name, 'it is no JSON', cause);
  }
}
