/** `pnpm soak:nothing [MODEL [MODELS_DIR]]`: half an hour of silence, hum, noise and music-like tones in every setting, and no word. */
import { EMBEDDED_MODEL } from '@bulk-transcribe/protocol';
import { hearNothing, settings } from './hear-nothing.ts';

const [model = EMBEDDED_MODEL, modelsDir = 'none'] = process.argv.slice(2);
const seconds = 30 * 60;
const { invented, speechSec } = await hearNothing({ model, modelsDir, seconds, seed: 1 });
for (const { setting, text } of invented) console.log(`${setting}: “${text}”`);
const taken = `${Math.round(speechSec)} s of it taken for speech`;
console.log(`${model}: ${seconds / 60} minutes in each of ${Object.keys(settings).length} settings, ${taken}, ${invented.length} texts invented`);
process.exitCode = invented.length > 0 ? 1 : 0;
