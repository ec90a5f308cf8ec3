/** The messages of an ONNX file that we build or edit; numbers as in onnx.proto. */
import { decodeMessage, encodeMessage, type Schema } from './codec.ts';
import type { Int } from './wire.ts';

/** Fields of a message that are not listed here, as they stood in the file. */
interface Message {
  rest?: Uint8Array;
}

interface EntryProto extends Message {
  key?: string;
  value?: string;
}

export interface TensorProto extends Message {
  dims?: Int[];
  dataType?: number;
  /** Values of small tensors, where they are not raw: int8 and the like as int32. */
  floats?: number[];
  int32s?: Int[];
  int64s?: Int[];
  name?: string;
  rawData?: Uint8Array;
  externalData?: EntryProto[];
  /** 1 = in another file. */
  dataLocation?: number;
}

interface DimensionProto extends Message {
  value?: Int;
  parameter?: string;
}

export interface ValueInfoProto extends Message {
  name?: string;
  type?: { tensor?: { elementType?: number; shape?: { dims?: DimensionProto[] } & Message } & Message } & Message;
}

export interface AttributeProto extends Message {
  name?: string;
  float?: number;
  int?: Int;
  string?: Uint8Array;
  tensor?: TensorProto;
  graph?: GraphProto;
  floats?: number[];
  ints?: Int[];
  strings?: Uint8Array[];
  graphs?: GraphProto[];
  type?: number;
}

export interface NodeProto extends Message {
  inputs?: string[];
  outputs?: string[];
  name?: string;
  opType?: string;
  attributes?: AttributeProto[];
  domain?: string;
}

export interface GraphProto extends Message {
  nodes?: NodeProto[];
  name?: string;
  initializers?: TensorProto[];
  inputs?: ValueInfoProto[];
  outputs?: ValueInfoProto[];
  valueInfo?: ValueInfoProto[];
}

export interface ModelProto extends Message {
  irVersion?: number;
  producerName?: string;
  graph?: GraphProto;
  opsets?: { domain?: string; version?: number }[];
}

/** AttributeProto.AttributeType. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, floats: 6, ints: 7 } as const;

const entry: Schema = { key: { number: 1, kind: 'string' }, value: { number: 2, kind: 'string' } };

const tensor: Schema = {
  dims: { number: 1, kind: 'int', repeated: true },
  dataType: { number: 2, kind: 'int' },
  floats: { number: 4, kind: 'float', repeated: true, packed: true },
  int32s: { number: 5, kind: 'int', repeated: true, packed: true },
  int64s: { number: 7, kind: 'int', repeated: true, packed: true },
  name: { number: 8, kind: 'string' },
  rawData: { number: 9, kind: 'bytes' },
  externalData: { number: 13, kind: () => entry, repeated: true },
  dataLocation: { number: 14, kind: 'int' },
};

const dimension: Schema = { value: { number: 1, kind: 'int' }, parameter: { number: 2, kind: 'string' } };
const shape: Schema = { dims: { number: 1, kind: () => dimension, repeated: true } };
const tensorType: Schema = { elementType: { number: 1, kind: 'int' }, shape: { number: 2, kind: () => shape } };
const type: Schema = { tensor: { number: 1, kind: () => tensorType } };
const valueInfo: Schema = { name: { number: 1, kind: 'string' }, type: { number: 2, kind: () => type } };

const attribute: Schema = {
  name: { number: 1, kind: 'string' },
  float: { number: 2, kind: 'float' },
  int: { number: 3, kind: 'int' },
  string: { number: 4, kind: 'bytes' },
  tensor: { number: 5, kind: () => tensor },
  graph: { number: 6, kind: () => graph },
  floats: { number: 7, kind: 'float', repeated: true },
  ints: { number: 8, kind: 'int', repeated: true },
  strings: { number: 9, kind: 'bytes', repeated: true },
  graphs: { number: 11, kind: () => graph, repeated: true },
  type: { number: 20, kind: 'int' },
};

const node: Schema = {
  inputs: { number: 1, kind: 'string', repeated: true },
  outputs: { number: 2, kind: 'string', repeated: true },
  name: { number: 3, kind: 'string' },
  opType: { number: 4, kind: 'string' },
  attributes: { number: 5, kind: () => attribute, repeated: true },
  domain: { number: 7, kind: 'string' },
};

const graph: Schema = {
  nodes: { number: 1, kind: () => node, repeated: true },
  name: { number: 2, kind: 'string' },
  initializers: { number: 5, kind: () => tensor, repeated: true },
  inputs: { number: 11, kind: () => valueInfo, repeated: true },
  outputs: { number: 12, kind: () => valueInfo, repeated: true },
  valueInfo: { number: 13, kind: () => valueInfo, repeated: true },
};

const opset: Schema = { domain: { number: 1, kind: 'string' }, version: { number: 2, kind: 'int' } };

const model: Schema = {
  irVersion: { number: 1, kind: 'int' },
  producerName: { number: 2, kind: 'string' },
  graph: { number: 7, kind: () => graph },
  opsets: { number: 8, kind: () => opset, repeated: true },
};

export const encodeModel = (message: ModelProto): Uint8Array => encodeMessage(model, message);

/** The model in a form that can be changed and written again. Throws a RangeError where the bytes are no model. */
export const decodeModel = (bytes: Uint8Array): ModelProto => decodeMessage(model, bytes) as ModelProto;
