import { AV_CH_LAYOUT_MONO, AV_CH_LAYOUT_STEREO, AV_CHANNEL_ORDER_NATIVE, AV_SAMPLE_FMT_FLT, type AVSampleFormat } from 'node-av/constants';
import { type Frame, SoftwareResampleContext } from 'node-av/lib';
import { SAMPLE_RATE } from './decoder.ts';

const BYTES = Float32Array.BYTES_PER_ELEMENT;
const layouts = {
  1: { nbChannels: 1, order: AV_CHANNEL_ORDER_NATIVE, mask: AV_CH_LAYOUT_MONO },
  2: { nbChannels: 2, order: AV_CHANNEL_ORDER_NATIVE, mask: AV_CH_LAYOUT_STEREO },
};

/** Decoded frames as 16 kHz float32, of two channels one sample of each in turn. A track may change its format on the way; then a new context takes over. */
export class Resampler {
  #context: SoftwareResampleContext | null = null;
  #format = '';
  #output = Buffer.alloc(0);
  readonly #channels: 1 | 2;

  constructor(channels: 1 | 2) {
    this.#channels = channels;
  }

  /** The answer is valid until the next call. */
  convert(frame: Frame): Buffer {
    const tail = this.#adopt(frame);
    const converted = this.#run(frame.extendedData, frame.nbSamples);
    return tail.length > 0 ? Buffer.concat([tail, converted]) : converted;
  }

  /** What the filter still holds. */
  flush(): Buffer {
    return this.#run(null, 0);
  }

  #adopt(frame: Frame): Buffer {
    const format = `${frame.format} ${frame.sampleRate} ${frame.channelLayout.nbChannels} ${frame.channelLayout.mask}`;
    if (format === this.#format) return Buffer.alloc(0);
    const tail = Buffer.from(this.flush());
    this.#context?.free();
    this.#context = new SoftwareResampleContext();
    this.#context.allocSetOpts2(
      layouts[this.#channels],
      AV_SAMPLE_FMT_FLT,
      SAMPLE_RATE,
      frame.channelLayout,
      frame.format as AVSampleFormat,
      frame.sampleRate,
    );
    if (this.#context.init() < 0) throw new Error(`Cannot resample ${format}.`);
    this.#format = format;
    return tail;
  }

  #run(input: Buffer[] | null, count: number): Buffer {
    if (!this.#context) return this.#output.subarray(0, 0);
    const room = this.#context.getOutSamples(count);
    const bytes = BYTES * this.#channels;
    if (room * bytes > this.#output.length) this.#output = Buffer.alloc(room * bytes);
    const samples = this.#context.convertSync([this.#output], room, input, count);
    return this.#output.subarray(0, Math.max(samples, 0) * bytes);
  }
}
