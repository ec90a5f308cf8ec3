/**
 * Messages as plain objects, by a table of their fields. Fields that the table does not name are kept as bytes in `rest`
 * and written again, so that a file which is read, changed and written loses nothing.
 */
import { type Int, WireReader, WireWriter, wireTypes } from './wire.ts';

type Scalar = 'int' | 'float' | 'string' | 'bytes';

interface Field {
  readonly number: number;
  /** A function where it is a message: schemas may name each other. */
  readonly kind: Scalar | (() => Schema);
  readonly repeated?: true;
  /** Numbers side by side under one tag. Read either way, as every parser must. */
  readonly packed?: true;
}

export type Schema = Readonly<Record<string, Field>>;

type Message = Record<string, unknown> & { rest?: Uint8Array };

export function encodeMessage(schema: Schema, message: object): Uint8Array {
  const writer = new WireWriter();
  const values = message as Message;
  for (const [name, field] of Object.entries(schema)) {
    const value = values[name];
    if (value === undefined) continue;
    if (field.packed) writePacked(writer, field, value as number[]);
    else for (const item of field.repeated ? (value as unknown[]) : [value]) writeField(writer, field, item);
  }
  if (values.rest) writer.raw(values.rest);
  return writer.finish();
}

function writeField(writer: WireWriter, { number, kind }: Field, value: unknown): void {
  if (kind === 'int') {
    writer.tag(number, wireTypes.varint);
    writer.varint(value as Int);
  } else if (kind === 'float') {
    writer.tag(number, wireTypes.fixed32);
    writer.float(value as number);
  } else {
    writer.tag(number, wireTypes.bytes);
    writer.delimited(contentOf(kind, value));
  }
}

function writePacked(writer: WireWriter, { number, kind }: Field, values: readonly number[]): void {
  const content = new WireWriter();
  for (const value of values) {
    if (kind === 'float') content.float(value);
    else content.varint(value);
  }
  writer.tag(number, wireTypes.bytes);
  writer.delimited(content.finish());
}

function contentOf(kind: Field['kind'], value: unknown): Uint8Array {
  if (kind === 'string') return new TextEncoder().encode(value as string);
  if (typeof kind === 'function') return encodeMessage(kind(), value as object);
  return value as Uint8Array;
}

/** Throws a RangeError where the bytes are no such message. Byte fields are views into `bytes`. */
export function decodeMessage(schema: Schema, bytes: Uint8Array): Message {
  const byNumber = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, field }]));
  const reader = new WireReader(bytes);
  const message: Message = {};
  const unknown = new WireWriter();
  while (!reader.done) {
    const start = reader.position;
    const tag = Number(reader.varint());
    const known = byNumber.get(Math.floor(tag / 8));
    if (known) addTo(message, known, readField(reader, known.field, tag % 8));
    else {
      reader.skip(tag % 8);
      unknown.raw(reader.slice(start));
    }
  }
  const rest = unknown.finish();
  return rest.length > 0 ? { ...message, rest } : message;
}

function addTo(message: Message, { name, field }: { name: string; field: Field }, values: readonly unknown[]): void {
  if (!field.repeated) {
    message[name] = values.at(-1);
    return;
  }
  message[name] ??= [];
  const list = message[name] as unknown[];
  for (const value of values) list.push(value);
}

/** One value, or all values of a packed list. */
function readField(reader: WireReader, { kind }: Field, wireType: number): unknown[] {
  const wanted = kind === 'int' ? wireTypes.varint : kind === 'float' ? wireTypes.fixed32 : wireTypes.bytes;
  if (wireType === wanted) return [readOne(reader, kind)];
  if (wireType !== wireTypes.bytes) throw new RangeError(`wire type ${wireType} does not fit its field`);
  const packed = new WireReader(reader.delimited());
  const values: unknown[] = [];
  while (!packed.done) values.push(readOne(packed, kind));
  return values;
}

function readOne(reader: WireReader, kind: Field['kind']): unknown {
  if (kind === 'int') return reader.varint();
  if (kind === 'float') return reader.float();
  const content = reader.delimited();
  if (kind === 'string') return new TextDecoder().decode(content);
  return kind === 'bytes' ? content : decodeMessage(kind(), content);
}
