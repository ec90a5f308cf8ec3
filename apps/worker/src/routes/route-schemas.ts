import { ErrorBody, Id } from '@bulk-transcribe/protocol';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type { FastifyBaseLogger, FastifyInstance, RawReplyDefaultExpression, RawRequestDefaultExpression, RawServerDefault } from 'fastify';

/** A Fastify app whose handlers are typed by their schemas. */
export type WorkerApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** Ids are checked before anything else: no text of a client ever becomes a path. */
export const TaskParams = Type.Object({ id: Id });

export const errorResponses = { '4xx': ErrorBody, '5xx': ErrorBody } as const;

export const NoContent = Type.Null({ description: 'No content.' });
