/** Whisper may end before the window does: then it is asked to go on. */
import { SAMPLE_RATE } from '../decode/decoder.ts';
import { isSound } from './decode/attempt.ts';
import { type Heard, hear, type Session } from './hear.ts';
import { type Tail, tailOf } from './segments/tail.ts';

/** How often a window is asked to go on. */
const TAIL_ROUNDS = 3;
/** Mean natural-log probability of a text that goes on: less sure ones are mostly right by themselves. */
const LEAST_LOG_PROB = -0.8;
/** Tokens that are said in a second at a quick pace, and some for a short text: more of them are invented. */
const MOST_TOKENS = { perSecond: 6, beside: 2 };

/** Adds what is heard behind the last segments; the texts before stay as they are. */
export async function goOn(heard: readonly Heard[], session: Session): Promise<Heard[]> {
  const { timestampBegin } = session.setup.model.facts.tokens;
  const done: Heard[] = [];
  let latest = heard;
  for (let round = 0; latest.length > 0; round += 1) {
    const found = latest.map((item) => ({
      item,
      tail: item.decoded && round < TAIL_ROUNDS ? tailOf(item.decoded, item.hidden, timestampBegin) : null,
    }));
    done.push(
      ...found.map(({ item: { texts, ...item }, tail }) => ({
        ...item,
        hidden: null,
        texts: tail ? texts.filter(({ start }) => start < tail.from) : texts,
      })),
    );
    latest = await hearTails(
      found.flatMap(({ tail }) => tail ?? []),
      session,
    );
  }
  return done;
}

/**
 * On the hidden states that are there, as a decoder goes on that was cut off; by themselves, with a window of the encoder for each, where that comes to
 * nothing, and where beams are asked for: measured, these go on worse.
 */
async function hearTails(tails: readonly Tail[], session: Session): Promise<Heard[]> {
  const { setup } = session;
  const goingOn = setup.beams > 1 ? [] : tails.map((tail) => tail.goingOn);
  const first = await hear(goingOn, { ...session, setup: { ...setup, increment: 0 } });
  const { eot } = setup.model.facts.tokens;
  const left = tails.filter((_, index) => !goesOn(first[index], eot));
  const apart = await hear(
    left.map((tail) => tail.apart),
    session,
  );
  return [...first.filter((item) => goesOn(item, eot)), ...apart];
}

function goesOn(heard: Heard | undefined, eot: number): boolean {
  if (!heard?.decoded || heard.texts.length === 0) return false;
  const { attempt, stretch } = heard.decoded;
  const tokens = attempt.row.tokens.filter((token) => token < eot).length;
  const most = MOST_TOKENS.beside + (MOST_TOKENS.perSecond * (stretch.end - stretch.from)) / SAMPLE_RATE;
  return isSound(attempt) && attempt.row.avgLogProb >= LEAST_LOG_PROB && tokens <= most;
}
