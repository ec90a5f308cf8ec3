/** The part of server-sent events that a worker uses (HTML standard, §9.2.6): `id` and `data`, comments to keep alive. */
export interface ServerSentMessage {
  readonly id: string;
  readonly data: string;
}

/** `chunks` is decoded text, cut anywhere. A message that the end cuts off is dropped, as the standard wants. */
export async function* parseServerSentEvents(chunks: AsyncIterable<string>): AsyncGenerator<ServerSentMessage, void> {
  let id = '';
  let data: string[] = [];
  for await (const line of lines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') };
      data = [];
      continue;
    }
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
}

async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = '';
  for await (const chunk of chunks) {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? '';
    yield* parts;
  }
}
