import { describe, expect, it } from 'vitest';
import { AppError, canMove, errorTable, fromErrorBody, isFinal, taskStates, taskTransitions, toAppError, toErrorBody } from '../src/index.ts';

describe('errors', () => {
  it('travel as a body and come back as the same error', () => {
    const error = new AppError('input_offset', '5 bytes have arrived.', { field: 'offset' });
    const back = fromErrorBody(JSON.parse(JSON.stringify(toErrorBody(error, 'r1'))), new AppError('internal', 'x'));
    expect({ code: back.code, message: back.message, field: back.field }).toEqual({
      code: 'input_offset',
      message: '5 bytes have arrived.',
      field: 'offset',
    });
  });

  it.each([null, 'text', {}, { error: {} }, { error: { code: 'toString', message: 'x' } }])(
    'a body that is not ours (%j) gives the fallback',
    (body) => {
      const fallback = new AppError('worker_protocol', 'not a worker');
      expect(fromErrorBody(body, fallback)).toBe(fallback);
    },
  );

  it('keep an unknown cause for the log', () => {
    const cause = new Error('deep');
    expect(toAppError(cause)).toMatchObject({ code: 'internal', cause });
  });

  it('say in every entry what to do next, with a status of HTTP', () => {
    for (const { status, hint } of Object.values(errorTable)) {
      expect(hint).toMatch(/^[A-Z].+\.$/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
    }
  });
});

describe('the table of task states', () => {
  it('leads from every state that is not final to a final one, and to known states only', () => {
    for (const state of taskStates) {
      for (const next of taskTransitions[state]) expect(taskStates).toContain(next);
      if (!isFinal(state)) expect(taskTransitions[state].some(isFinal)).toBe(true);
    }
  });

  it('lets nothing leave succeeded, and a final state only to be queued again', () => {
    expect(taskTransitions.succeeded).toEqual([]);
    expect(canMove('failed', 'running')).toBe(false);
    expect(canMove('cancelled', 'queued')).toBe(true);
    expect(canMove('queued', 'succeeded')).toBe(false);
  });
});
