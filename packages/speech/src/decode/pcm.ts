const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** Little-endian float32 bytes, cut anywhere, as sample arrays that hold as many samples of each channel. */
export async function* floatChunks(bytes: AsyncIterable<Buffer>, channels: number): AsyncGenerator<Float32Array> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of bytes) {
    const data = rest.length > 0 ? Buffer.concat([rest, piece]) : piece;
    const samples = new Float32Array(channels * Math.floor(data.length / BYTES / channels));
    // A copy: the buffer belongs to the stream and may lie unaligned in its pool.
    Buffer.from(samples.buffer).set(data.subarray(0, samples.byteLength));
    rest = data.subarray(samples.byteLength);
    if (samples.length > 0) yield samples;
  }
}
