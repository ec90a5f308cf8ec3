import type { WindowResult } from '@bulk-transcribe/protocol';

/** The language of a recording: that of the longest text. */
export class LanguageTally {
  readonly #characters = new Map<string, number>();

  add({ language, segments }: WindowResult): void {
    if (language === undefined) return;
    const length = segments.reduce((sum, { text }) => sum + text.length, 0);
    this.#characters.set(language, (this.#characters.get(language) ?? 0) + length);
  }

  /** Null where no window told. */
  get most(): string | null {
    const [winner] = [...this.#characters].toSorted(([, a], [, b]) => b - a);
    return winner?.[0] ?? null;
  }
}

/** What these windows were heard in. */
export function languageOf(windows: readonly WindowResult[]): string | null {
  const tally = new LanguageTally();
  for (const window of windows) tally.add(window);
  return tally.most;
}
