/** What may come next, and how probable it is. */
import type { GraphBuilder, Value } from '../../onnx/graph-builder.ts';
import { columns, NEVER, topRows } from './block.ts';
import { choose } from './choose.ts';
import { logSumExp } from './log-sum-exp.ts';
import { type TextTokens, textTokens } from './text-tokens.ts';
import { type RuleInput, timestampRules } from './timestamp-rules.ts';

/** Added to the logits: 0 or NEVER. */
export interface TokenMasks {
  /** [V], NEVER from eot on. */
  readonly text: Value;
  /** [V - eot] */
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
  /** R: int64 [1] */
  readonly rows: Value;
  /** C: so many of the most probable tokens will be asked for. int64 [1] */
  readonly count: Value;
}

/** suppress, suppressFirst: [V]; `first`, bool []: which of the two holds. */
export function tokenMasks(
  g: GraphBuilder,
  { suppress, suppressFirst }: Record<'suppress' | 'suppressFirst', Value>,
  { first, eot, vocabulary }: { readonly first: Value } & Record<'eot' | 'vocabulary', number>,
): TokenMasks {
  const mask = g.op('Where', [first, suppressFirst, suppress]);
  const never = g.op('Expand', [g.float(NEVER), g.ints(vocabulary - eot)]);
  const [text, others] = g.ops('Split', [mask, g.ints(eot, vocabulary - eot)], { axis: 0, outputs: 2 }) as [Value, Value];
  return { text: g.op('Concat', [text, never], { axis: 0 }), others };
}

/** What holds in the steps of a part: `first`, bool []: before the first token there is another mask, and a bound for the first timestamp. */
export function openPart(
  g: GraphBuilder,
  inputs: Record<'suppress' | 'suppressFirst' | 'latestFirst', Value>,
  { first, tokens, vocabulary }: Pick<RuleInput, 'first' | 'tokens' | 'vocabulary'>,
): Pick<RuleInput, 'first' | 'highest'> & { readonly masks: TokenMasks } {
  const [highest] = choose(g, first, {
    yes: (inner) => [inner.op('Identity', [inputs.latestFirst])],
    no: (inner) => [inner.op('Identity', [g.root.ints(vocabulary)])],
    types: ['int64'],
  }) as [Value];
  return { first, highest, masks: tokenMasks(g, inputs, { first, eot: tokens.eot, vocabulary }) };
}

/** logits [n R, V], of which the first R rows tell what comes next. */
export function allowedTokens(g: GraphBuilder, logits: Value, { masks, rows, count, ...ruled }: AllowedInput): AllowedTokens {
  const rest = g.op('Add', [topRows(g, columns(g, logits, ruled.tokens.eot), rows), masks.others]);
  const text = textTokens(g, logits, { mask: masks.text, rows, count });
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
