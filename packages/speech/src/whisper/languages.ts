/** Which language is spoken. */
import type { Hidden, WhisperModel } from './whisper-model.ts';

export interface HeardLanguage {
  /** Whisper code. */
  readonly language: string;
  readonly probability: number;
}

/** The most probable language of each window, after the start token alone. */
export async function detectLanguages(model: WhisperModel, hidden: Hidden): Promise<HeardLanguage[]> {
  const { languages, sot } = model.facts.tokens;
  const prompts = Array.from({ length: hidden.windows }, () => [sot]);
  const only = [...languages.values()];
  const rows = await model.decode(hidden, { prompts, timestamps: false, temperature: 0, maxTokens: 1, only });
  const codes = new Map([...languages].map(([code, id]) => [id, code]));
  return rows.map(({ tokens, logProbs }) => ({ language: codes.get(tokens[0] ?? -1) ?? 'en', probability: Math.exp(logProbs[0] ?? 0) }));
}

/** The one language of several windows: each votes with its probability and with how much is said in it. */
export function vote(heard: readonly HeardLanguage[], weights: readonly number[]): string {
  const votes = new Map<string, number>();
  heard.forEach(({ language, probability }, index) => {
    votes.set(language, (votes.get(language) ?? 0) + probability * (weights[index] ?? 0));
  });
  const [winner] = [...votes].toSorted(([, a], [, b]) => b - a);
  return winner?.[0] ?? 'en';
}
