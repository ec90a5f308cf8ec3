/** The public-domain recording that ships with the product; its origin and licence stand in `media/ORIGIN.md`. */
import { fileURLToPath } from 'node:url';

/** `text` is what is said, as a careful listener writes it; `durationSec` is the decoded length. */
export const sampleRecording = Object.freeze({
  path: fileURLToPath(new URL('../media/jfk-inaugural-address.mp3', import.meta.url)),
  name: 'Kennedy inaugural address (sample).mp3',
  sha256: '20d3323a2bcce6f25498b8911a397503a0a99fa92b6ba58d62788cb42b6e5459',
  durationSec: 11,
  text: 'And so, my fellow Americans, ask not what your country can do for you, ask what you can do for your country.',
  origin: 'John F. Kennedy, inaugural address, 20 January 1961. Public domain (United States government).',
});
