import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** The messages of an event stream (HTML standard, §9.2.6). `chunks` is decoded text, cut anywhere. */
export async function* serverSentMessages(chunks: AsyncIterable<string>): AsyncGenerator<EventSourceMessage, void> {
  const arrived: EventSourceMessage[] = [];
  const parser = createParser({ onEvent: (message) => arrived.push(message) });
  for await (const chunk of chunks) {
    parser.feed(chunk);
    yield* arrived.splice(0);
  }
}
