/**
 * OpenAI's rules for timestamps as tensor operations. They come in pairs (end of one segment, start of the next), except at the
 * beginning and before the end token; they never go back; the text begins with one; and where all timestamps together are more
 * probable than any other token, one of them it is.
 */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import type { SpecialTokens } from '../checkpoint/facts.ts';
import { column, NEVER } from './block.ts';
import { logSumExp } from './log-sum-exp.ts';

/** What the rules need to know of a row's text so far, each [R]. */
export interface RuleState {
  /** The last token was a timestamp. Bool; at the beginning false. */
  readonly lastWasStamp: Value;
  /** The one before was, or there was none. Bool; at the beginning true. */
  readonly stampBefore: Value;
  /** The lowest timestamp token that may come. int64 */
  readonly lowest: Value;
}

export interface RuleInput {
  readonly state: RuleState;
  /** Nothing has been written yet: bool []. */
  readonly first: Value;
  /** False: no rule holds. Bool []. */
  readonly rules: Value;
  /** The highest timestamp token that may come: int64 [R], or one for all. */
  readonly highest: Value;
  readonly tokens: SpecialTokens;
  readonly vocabulary: number;
}

export interface RuledLogits {
  /** Of the most probable text token: [R, 1]. */
  readonly largest: Value;
  /** From eot on: [R, V - eot]. */
  readonly others: Value;
}

/** `textPenalty` [R, 1]: 0, or NEVER where no text may come. `others` [R, V - eot]: with NEVER added where a token may not come. */
export function timestampRules(
  g: GraphBuilder,
  { largest, others }: RuledLogits,
  { state, first, rules, highest, tokens, vocabulary }: RuleInput,
): { textPenalty: Value; others: Value } {
  const { eot, timestampBegin: begin } = tokens;
  const penalty = (condition: Value) => g.op('Where', [g.op('And', [rules, condition]), g.float(NEVER), g.float(0)]);
  const not = (condition: Value) => g.op('Not', [condition]);
  const or = (...conditions: [Value, Value]) => g.op('Or', conditions);
  const [special, stamps] = g.ops('Split', [others, g.ints(begin - eot, vocabulary - begin)], { axis: 1, outputs: 2 }) as [Value, Value];

  const pairComplete = g.op('And', [state.lastWasStamp, state.stampBefore]);
  const pairOpen = g.op('And', [state.lastWasStamp, not(state.stampBefore)]);
  const ids = g.constant(
    'int64',
    [1, vocabulary - begin],
    Array.from({ length: vocabulary - begin }, (_, index) => begin + index),
  );
  const tooLow = g.op('Less', [ids, column(g, state.lowest)]);
  const tooHigh = g.op('Greater', [ids, column(g, highest)]);
  const stampsLeft = g.op('Add', [stamps, penalty(or(or(tooLow, tooHigh), column(g, pairComplete)))]);
  const noText = penalty(column(g, or(pairOpen, first)));
  const specialLeft = g.op('Add', [special, penalty(first)]);

  const best = g.op('Max', [g.op('Add', [largest, noText]), g.op('ReduceMax', [specialLeft, g.ints(-1)], { keepdims: 1 })]);
  const stampOnly = penalty(g.op('Greater', [logSumExp(g, stampsLeft), best])); // [R, 1]
  return { textPenalty: g.op('Add', [noText, stampOnly]), others: g.op('Concat', [g.op('Add', [specialLeft, stampOnly]), stampsLeft], { axis: 1 }) };
}

/** The state after `token` [R]. */
export function nextRuleState(g: GraphBuilder, token: Value, { state, first, tokens }: Pick<RuleInput, 'state' | 'first' | 'tokens'>): RuleState {
  const plusOne = (x: Value) => g.op('Add', [x, g.int(1)]);
  const isStamp = g.op('GreaterOrEqual', [token, g.int(tokens.timestampBegin)]);
  const stampBefore = g.op('Or', [first, state.lastWasStamp]);
  // The end of a segment may be the start of the next; a start may not be an end.
  const opensPair = g.op('And', [isStamp, g.op('Not', [stampBefore])]);
  const afterStamp = g.op('Where', [opensPair, token, plusOne(token)]);
  const leftOpen = g.op('And', [state.lastWasStamp, g.op('Not', [state.stampBefore])]);
  const afterText = g.op('Where', [leftOpen, plusOne(state.lowest), state.lowest]);
  return { lastWasStamp: isStamp, stampBefore, lowest: g.op('Where', [isStamp, afterStamp, afterText]) };
}
