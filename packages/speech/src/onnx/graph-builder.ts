/** Builds an ONNX graph, node by node. Values are known by their names, which the builder invents. */
import { bytesOf, type ElementType, elementSizes, elementTypes } from './element-types.ts';
import {
  type AttributeProto,
  attributeTypes,
  encodeModel,
  type GraphProto,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from './model-schema.ts';
import type { WeightStore } from './weight-store.ts';

/** The name of a tensor in the graph. */
export type Value = string;

/** A fixed size, the name of a free one, or null: anything. */
export type Dimension = number | string | null;

type AttributeValue = number | string | readonly number[] | { readonly float: number } | GraphBuilder;
export type Attributes = Readonly<Record<string, AttributeValue>>;

/**
 * 18 on purpose: a kernel of the runtime's that is registered from one version on fits that version of its operator alone.
 * Equal changed in 19 and ReduceMax in 20, their CUDA kernels did not: in later opsets both would run on the CPU at every step.
 */
const OPSETS = [
  { domain: '', version: 18 },
  { domain: 'com.microsoft', version: 1 },
];
const IR_VERSION = 9;
/** Operators that ONNX Runtime adds to the standard ones. */
const RUNTIME_OPERATORS: ReadonlySet<string> = new Set([
  'FusedMatMul',
  'Gelu',
  'MatMulIntegerToFloat',
  'MatMulNBits',
  'MultiHeadAttention',
  'QuickGelu',
  'RotaryEmbedding',
]);

export class GraphBuilder {
  readonly #name: string;
  readonly #weights: WeightStore;
  /** The graph of the model. Inner graphs (Loop, If) see its values. */
  readonly root: GraphBuilder;
  /** The graph around this one: the runtime prepares weights for their multiplications at once only where they stand there or with the node itself. */
  readonly #around: GraphBuilder;
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #constants = new Map<string, Value>();
  /** Only the root counts, so that a name is used once in the whole model. */
  #names = 0;

  constructor(name: string, weights: WeightStore, around?: GraphBuilder) {
    this.#name = name;
    this.#weights = weights;
    this.root = around?.root ?? this;
    this.#around = around ?? this;
  }

  /** A graph within this one. */
  inner(name: string): GraphBuilder {
    return new GraphBuilder(this.root.#fresh(name), this.#weights, this);
  }

  input(name: string, type: ElementType, dims: readonly Dimension[]): Value {
    const value = this === this.root ? name : this.root.#fresh(name);
    this.#inputs.push(valueInfo(value, type, dims));
    return value;
  }

  /** Of the model: the value under this name. */
  output(name: string, value: Value, { type, dims }: { type: ElementType; dims: readonly Dimension[] }): void {
    this.#nodes.push({ inputs: [value], outputs: [name], name, opType: 'Identity' });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  /** Of an inner graph. It must be made there; an Identity around it would copy the cache at every step. */
  result(value: Value, type: ElementType, dims: readonly Dimension[]): void {
    this.#outputs.push(valueInfo(value, type, dims));
  }

  op(type: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    const [output] = this.ops(type, inputs, { ...attributes, outputs: 1 });
    return output as Value;
  }

  /** An operator with several outputs. '' stands for an input that is left out. */
  ops(type: string, inputs: readonly Value[], { outputs: count, ...attributes }: Attributes & { readonly outputs: number }): Value[] {
    const name = this.root.#fresh(type);
    const outputs = Array.from({ length: count }, (_, index) => (count === 1 ? name : `${name}.${index}`));
    this.#nodes.push({
      inputs: [...inputs],
      outputs,
      name,
      opType: type,
      attributes: Object.entries(attributes).map(([key, value]) => attributeOf(key, value)),
      ...(RUNTIME_OPERATORS.has(type) && { domain: 'com.microsoft' }),
    });
    return outputs;
  }

  /** A small tensor that stands in the graph itself; the same one once. */
  constant(type: ElementType, dims: readonly number[], values: readonly number[]): Value {
    const key = `${type} ${dims} ${values}`;
    const known = this.#constants.get(key);
    if (known) return known;
    const name = this.root.#fresh('constant');
    this.#initializers.push({ dims: [...dims], dataType: elementTypes[type], name, rawData: bytesOf(type, values) });
    this.#constants.set(key, name);
    return name;
  }

  /** int64 [n]: axes, sizes, shapes. */
  ints(...values: number[]): Value {
    return this.constant('int64', [values.length], values);
  }

  /** int64 []. */
  int(value: number): Value {
    return this.constant('int64', [], [value]);
  }

  /** float32 []. */
  float(value: number): Value {
    return this.constant('float32', [], [value]);
  }

  /** A large tensor, where the weights are kept. The same name is the same weight. */
  weight(name: string, { type, dims }: { type: ElementType; dims: readonly number[] }, make: () => ArrayBufferView): Value {
    const home = this.#around;
    if (home.#constants.has(name)) return name;
    const stored = this.#weights.put(name, make);
    const wanted = dims.reduce((product, size) => product * size, elementSizes[type]);
    if (stored.length !== wanted) throw new RangeError(`The weight ${name} has ${stored.length} bytes, its shape wants ${wanted}.`);
    home.#initializers.push({ dims: [...dims], dataType: elementTypes[type], name, ...stored.fields });
    home.#constants.set(name, name);
    return name;
  }

  graph(): GraphProto {
    return { nodes: this.#nodes, name: this.#name, initializers: this.#initializers, inputs: this.#inputs, outputs: this.#outputs };
  }

  /** The whole model file. */
  model(): Uint8Array {
    return encodeModel({ irVersion: IR_VERSION, producerName: 'bulk-transcribe', graph: this.graph(), opsets: OPSETS });
  }

  #fresh(kind: string): string {
    this.#names += 1;
    return `${kind}_${this.#names}`;
  }
}

function valueInfo(name: string, type: ElementType, dims: readonly Dimension[]): ValueInfoProto {
  const shape = { dims: dims.map((dim) => (dim === null ? {} : typeof dim === 'number' ? { value: dim } : { parameter: dim })) };
  return { name, type: { tensor: { elementType: elementTypes[type], shape } } };
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (value instanceof GraphBuilder) return { name, graph: value.graph(), type: attributeTypes.graph };
  if (typeof value === 'number') return { name, int: value, type: attributeTypes.int };
  if (typeof value === 'string') return { name, string: new TextEncoder().encode(value), type: attributeTypes.string };
  if ('float' in value) return { name, float: value.float, type: attributeTypes.float };
  return { name, ints: [...value], type: attributeTypes.ints };
}
