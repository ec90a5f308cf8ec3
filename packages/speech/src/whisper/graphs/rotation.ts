/**
 * An orthogonal map that spreads what is in one channel over all of them and leaves equal numbers equal, so that a layer norm gives the
 * same before it and behind it: signs and a Walsh-Hadamard transform, then a reflection that brings equal numbers back.
 */

import type { Value } from '../../onnx/graph-builder.ts';
import { type Block, floatWeight } from './block.ts';

interface Layout {
  /** Numbers of a vector. */
  readonly size: number;
  /** How far they lie apart; unset = 1. */
  readonly stride?: number;
}

/** All vectors of `values`, in their place. */
export function rotate(values: Float32Array, { size, stride = 1 }: Layout): Float32Array {
  const mix = mixerOf(size);
  const mirror = mirrorOf(size);
  const vector = new Float64Array(size);
  for (let start = 0; start < values.length; start += size * stride) {
    for (let lane = start; lane < start + stride; lane += 1) {
      for (let at = 0; at < size; at += 1) vector[at] = values[lane + at * stride] ?? 0;
      reflect(mix(vector), mirror);
      for (let at = 0; at < size; at += 1) values[lane + at * stride] = vector[at] ?? 0;
    }
  }
  return values;
}

/** The size is a power of two times an odd number, within which there is a reflection. */
function mixerOf(size: number): (vector: Float64Array) => Float64Array {
  const odd = oddPartOf(size);
  const factor = (size / odd) ** -0.5;
  const signs = Float64Array.from({ length: size }, (_, at) => factor * signOf(at));
  const equal = new Float64Array(odd).fill(odd ** -0.5);
  return (vector) => {
    for (let at = 0; at < size; at += 1) vector[at] = (vector[at] ?? 0) * (signs[at] ?? 0);
    for (let half = odd; half < size; half *= 2) addAndSubtract(vector, half);
    if (odd > 1) for (let at = 0; at < size; at += odd) reflect(vector.subarray(at, at + odd), equal);
    return vector;
  };
}

/** Of each pair that is `half` apart, sum and difference. */
function addAndSubtract(vector: Float64Array, half: number): void {
  for (let block = 0; block < vector.length; block += 2 * half) {
    for (let low = block; low < block + half; low += 1) {
      const first = vector[low] ?? 0;
      const second = vector[low + half] ?? 0;
      vector[low] = first + second;
      vector[low + half] = first - second;
    }
  }
}

function oddPartOf(size: number): number {
  let rest = size;
  while (rest % 2 === 0) rest /= 2;
  return rest;
}

/** Without an order in it, and the same for ever: the parity of the bits of at × 0x9e3779b9 (the golden ratio). */
function signOf(at: number): number {
  let bits = Math.imul(at + 1, 0x9e3779b9);
  for (const shift of [16, 8, 4, 2, 1]) bits ^= bits >>> shift;
  return bits & 1 ? -1 : 1;
}

/** Normal of the plane that lies between equal numbers and what becomes of them. */
function mirrorOf(size: number): Float64Array {
  const equal = size ** -0.5;
  const normal = mixerOf(size)(new Float64Array(size).fill(equal)).map((value) => value - equal);
  const length = Math.hypot(...normal);
  return length < 1e-9 ? normal.fill(0) : normal.map((value) => value / length);
}

/** `normal` has the length 1, or 0 for no plane. */
function reflect(vector: Float64Array, normal: Float64Array): void {
  let product = 0;
  for (let at = 0; at < vector.length; at += 1) product += (vector[at] ?? 0) * (normal[at] ?? 0);
  for (let at = 0; at < vector.length; at += 1) vector[at] = (vector[at] ?? 0) - 2 * product * (normal[at] ?? 0);
}

/** As a matrix: x [n, size] × it turns each row. */
export function rotationWeight(block: Block, size: number): Value {
  const units = () => Float32Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  return floatWeight(block, `rotation.${size}`, { dims: [size, size], make: () => rotate(units(), { size }) });
}
