/** The public-domain recordings that ship with the product; their origin and licence stand in `media/ORIGIN.md`. */
import { fileURLToPath } from 'node:url';

const pathOf = (file: string): string => fileURLToPath(new URL(`../media/${file}`, import.meta.url));

/** `text` is what is said, as a careful listener writes it; `durationSec` is the decoded length. */
export const sampleRecording = Object.freeze({
  path: pathOf('jfk-inaugural-address.mp3'),
  name: 'Kennedy inaugural address (sample).mp3',
  sha256: '20d3323a2bcce6f25498b8911a397503a0a99fa92b6ba58d62788cb42b6e5459',
  durationSec: 11,
  text: 'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.',
  origin: 'John F. Kennedy, inaugural address, 20 January 1961. Public domain (United States government).',
});

interface SpokenSample {
  readonly path: string;
  readonly name: string;
  readonly durationSec: number;
  readonly text: string;
}

const spoken = (file: string, durationSec: number, text: string): SpokenSample => ({ path: pathOf(file), name: file, durationSec, text });

/** English of three voices, to count wrong words in: 90 of them. */
export const sampleSet: readonly SpokenSample[] = Object.freeze([
  sampleRecording,
  spoken(
    'austen-0870.flac',
    7.1,
    'And Mr. John Dashwood had then leisure to consider how much there might be prudently in his power to do for them.',
  ),
  spoken('austen-0880.flac', 2.99, 'He was not an ill-disposed young man,'),
  spoken('austen-0890.flac', 5.3, 'unless to be rather cold-hearted and rather selfish is to be ill-disposed:'),
  spoken('austen-0930.flac', 3.29, 'he might even have been made amiable himself;'),
  spoken('lj050-0131.flac', 7.658, 'unless a system is established for the frequent formal review of activities thereunder. In this regard'),
]);
