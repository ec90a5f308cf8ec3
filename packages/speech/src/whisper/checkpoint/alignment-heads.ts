/** The decoder heads whose attention follows the sound: word times come from them. */
import { damaged } from './damaged.ts';
import type { StackDimensions } from './dimensions.ts';

type Head = readonly [layer: number, head: number];

/** As the generation config lists them, by layer and head. Without a list all heads of the upper half of the layers, as OpenAI does. */
export function alignmentHeads(listed: unknown, { layers, heads }: StackDimensions): Head[] {
  if (!Array.isArray(listed) || listed.length === 0) return upperHalf(layers, heads);
  const inRange = (value: unknown, end: number): boolean => Number.isInteger(value) && (value as number) >= 0 && (value as number) < end;
  const valid = listed.every((pair) => Array.isArray(pair) && pair.length === 2 && inRange(pair[0], layers) && inRange(pair[1], heads));
  if (!valid) throw damaged('generation_config.json', `alignment_heads names heads that ${layers} layers of ${heads} do not have`);
  return (listed as Head[]).toSorted(([layerA, headA], [layerB, headB]) => layerA - layerB || headA - headB);
}

function upperHalf(layers: number, heads: number): Head[] {
  const first = Math.floor(layers / 2);
  return Array.from({ length: (layers - first) * heads }, (_, index) => [first + Math.floor(index / heads), index % heads]);
}
