import { bidi } from './bidi.ts';

/** The direction of a paragraph: that of its first letter that has one (Unicode Standard Annex #9, rules P2 and P3). */
export const directionOf = (text: string): 'ltr' | 'rtl' => (bidi.getEmbeddingLevels(text).paragraphs[0]?.level === 1 ? 'rtl' : 'ltr');
