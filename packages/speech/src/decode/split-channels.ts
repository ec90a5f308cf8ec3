/** [n · channels], one of each channel in turn → [channels][n]. */
export function splitChannels(samples: Float32Array, channels: number): Float32Array[] {
  if (channels === 1) return [samples];
  return Array.from({ length: channels }, (_, channel) =>
    Float32Array.from({ length: samples.length / channels }, (_, index) => samples[index * channels + channel] as number),
  );
}
