/** Who may use the OpenAI-compatible routes: anybody on this very machine, others with an API token. A password opens the pages, not these. */
import { AppError } from '@bulk-transcribe/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isLocalCaller } from '../http/local-caller.ts';
import type { Parts } from '../http/parts.ts';

export async function authorize(request: FastifyRequest, reply: FastifyReply, { config, tokens }: Pick<Parts, 'config' | 'tokens'>): Promise<void> {
  // Clients insist on sending some key, so any is accepted here.
  if (isLocalCaller(request, config.CONTROLLER_BASE_URL)) return;
  if ((await tokens.sessionOf(request, reply)) !== null) return;
  throw new AppError('unauthorized', 'From outside this machine an API token is needed.');
}
