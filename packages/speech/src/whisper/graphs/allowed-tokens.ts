/** What may come next, and how probable it is. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { columns, NEVER, topRows } from './block.ts';
import { logSumExp } from './log-sum-exp.ts';
import { type TextTokens, textTokens } from './text-tokens.ts';
import { type RuleInput, timestampRules } from './timestamp-rules.ts';

/** Added to the logits: 0 or NEVER. Row 0 in the first step, row 1 later. */
export interface TokenMasks {
  /** [2, V], NEVER from eot on. */
  readonly text: Value;
  /** [2, V - eot] */
  readonly others: Value;
}

export interface AllowedTokens {
  readonly text: TextTokens;
  /** To be added to the logits of text: 0 or NEVER, [R, 1]. */
  readonly textPenalty: Value;
  /** Filtered logits from eot on, [R, V - eot]. */
  readonly others: Value;
  /** log Σ exp of all that may come, [R, 1]. */
  readonly total: Value;
}

export interface AllowedInput extends RuleInput {
  readonly masks: TokenMasks;
  /** int64 [] */
  readonly step: Value;
  /** R: int64 [1] */
  readonly rows: Value;
  /** C: so many of the most probable tokens will be asked for. int64 [1] */
  readonly count: Value;
}

/** suppress, suppressFirst: [V] */
export function tokenMasks(
  g: GraphBuilder,
  { suppress, suppressFirst }: Record<'suppress' | 'suppressFirst', Value>,
  { eot, vocabulary }: Record<'eot' | 'vocabulary', number>,
): TokenMasks {
  const row = (mask: Value) => g.op('Unsqueeze', [mask, g.ints(0)]);
  const both = g.op('Concat', [row(suppressFirst), row(suppress)], { axis: 0 });
  const never = g.op('Expand', [g.float(NEVER), g.ints(2, vocabulary - eot)]);
  return { text: g.op('Concat', [columns(g, both, 0, eot), never], { axis: 1 }), others: columns(g, both, eot) };
}

/** logits [n R, V], of which the first R rows tell what comes next. */
export function allowedTokens(g: GraphBuilder, logits: Value, { masks, step, rows, count, ...ruled }: AllowedInput): AllowedTokens {
  const now = g.op('Min', [step, g.int(1)]);
  const maskOf = (mask: Value) => g.op('Gather', [mask, now], { axis: 0 });
  const rest = g.op('Add', [topRows(g, columns(g, logits, ruled.tokens.eot), rows), maskOf(masks.others)]);
  const text = textTokens(g, logits, { mask: maskOf(masks.text), rows, count });
  const { textPenalty, others } = timestampRules(g, { largest: columns(g, text.best, 0, 1), others: rest }, ruled);
  const total = logSumExp(g, g.op('Concat', [g.op('Add', [text.total, textPenalty]), others], { axis: 1 }));
  return { text, textPenalty, others, total };
}

/** [R, C] both, best first. */
export interface BestTokens {
  readonly tokens: Value;
  readonly logProbs: Value;
}

/** The C most probable ones. */
export function bestTokens(g: GraphBuilder, allowed: AllowedTokens, { count, eot }: { count: Value; eot: number }): BestTokens {
  const { text, textPenalty, others, total } = allowed;
  const all = g.op('Concat', [g.op('Add', [text.best, textPenalty]), others], { axis: 1 }); // [R, C + V - eot]
  const [best, places] = g.ops('TopK', [all, count], { axis: 1, outputs: 2 }) as [Value, Value];
  const ofText = g.op('GatherElements', [text.ids, g.op('Min', [places, g.op('Sub', [count, g.int(1)])])], { axis: 1 });
  const ofOthers = g.op('Add', [places, g.op('Sub', [g.int(eot), count])]);
  return { tokens: g.op('Where', [g.op('Less', [places, count]), ofText, ofOthers]), logProbs: g.op('Sub', [best, total]) };
}

/** Filtered logits of the whole vocabulary, [R, V]. */
export function filteredLogits(g: GraphBuilder, { text, textPenalty, others }: AllowedTokens, eot: number): Value {
  return g.op('Concat', [g.op('Add', [columns(g, text.logits(g), 0, eot), textPenalty]), others], { axis: 1 });
}
