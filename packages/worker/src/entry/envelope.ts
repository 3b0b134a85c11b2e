import type { ArrivedAttempt } from '../api.ts';

export interface Task {
  readonly attempt: ArrivedAttempt;
  /** Which attempt it is, from 1. */
  readonly number: number;
  readonly payload: unknown;
}

/**
 * `{"reeve": {...}, "payload": ...}`, as the invokers send it.
 * @throws TypeError that has nothing of the payload
 */
export const readEnvelope = (event: unknown): Task => {
  const { reeve, payload } = Object(event) as { readonly reeve?: unknown; readonly payload?: unknown };
  const { labourer, id, token, attempt = 1, deadline } = Object(reeve) as Readonly<Record<string, unknown>>;
  const check = (name: string, value: unknown): string => {
    if (typeof value === 'string' && value) return value;
    throw new TypeError(
      `event.reeve.${name}: a text is needed, not ${typeof value}; send {"reeve": {...}, "payload": ...}, the invokers' default`,
    );
  };
  return {
    attempt: {
      labourer: check('labourer', labourer),
      id: check('id', id),
      token: check('token', token),
      ...(typeof deadline === 'number' && { deadline }),
    },
    number: Number(attempt),
    payload,
  };
};
