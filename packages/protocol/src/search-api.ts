/** Search over all transcripts of a session: GET /api/search. */
import { type Static, Type } from '@sinclair/typebox';
import { Id } from './ids.ts';

export const SearchQuery = Type.Object(
  {
    q: Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'Words that must all be said somewhere in a recording; "in quotes": next to each other.',
    }),
    before: Type.Optional(Type.Unsafe<string>({ ...Id, description: '`next` of the page before.' })),
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9]\\d|100)$', description: 'Transcripts of a page, 1 to 100; 20 where it is left out.' }),
    ),
  },
  { additionalProperties: false },
);
export type SearchQuery = Static<typeof SearchQuery>;

/** A line of a transcript in which some of the words are said. */
export const FoundLine = Type.Object(
  {
    start: Type.Number({ minimum: 0, description: 'Seconds from the start of the recording.' }),
    text: Type.String({ description: 'The line, with … where it was shortened.' }),
    marks: Type.Array(Type.Tuple([Type.Integer({ minimum: 0 }), Type.Integer({ minimum: 0 })]), {
      description: 'Where the words are in `text`: from and to, in UTF-16 units.',
    }),
  },
  { $id: 'FoundLine' },
);
export type FoundLine = Static<typeof FoundLine>;

export const FoundTranscript = Type.Object(
  {
    taskId: Id,
    jobId: Id,
    job: Type.String({ description: 'Name of the job.' }),
    recording: Type.String({ description: 'Name of the recording.' }),
    lineCount: Type.Integer({ minimum: 1, description: 'Lines with at least one of the words.' }),
    lines: Type.Array(FoundLine, { description: 'Those with the most of the words, five at most, in order of time.' }),
  },
  { $id: 'FoundTranscript' },
);
export type FoundTranscript = Static<typeof FoundTranscript>;

export const SearchPage = Type.Object(
  {
    found: Type.Array(FoundTranscript, { description: 'Newest first.' }),
    next: Type.Union([Id, Type.Null()], { description: 'Ask for the next page with `before`; null: this was the last.' }),
  },
  { $id: 'SearchPage' },
);
export type SearchPage = Static<typeof SearchPage>;
