import type { WhisperModel } from './whisper-model.ts';

/** Samples (1 s). */
const SHORT = 16_000;

/** A first run over silence, in the size of all later ones: on a GPU it loads kernels and fills the memory pool, which takes seconds. */
export async function warmUp(model: WhisperModel): Promise<void> {
  const windows = Array.from({ length: model.batchSize }, () => new Float32Array(SHORT));
  const hidden = await model.encode(windows);
  const { sot } = model.facts.tokens;
  await model.decode(hidden, { prompts: windows.map(() => [sot]), timestamps: true, temperature: 0, maxTokens: 3, alignment: true });
}
