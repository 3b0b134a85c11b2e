import type { MessageAnswer, ReportTo, WorkerMessage } from '../api.ts';
import { ReportRefused } from '../errors.ts';
import { system } from '../system.ts';
import { isNo, parse } from './answer.ts';
import { keyOf, signedHeaders } from './sign.ts';

/** Signed as Standard Webhooks has it. @throws TypeError for a secret that is none */
export const toHttp: ReportTo['http'] = ({ url, secret, clock = system.clock, chance = system.chance }) => {
  const key = keyOf(secret);
  /** A message that is repeated keeps its id; two heartbeats are two messages. */
  const ids = new WeakMap<WorkerMessage, string>();
  return {
    send: async (message, signal) => {
      const id = ids.get(message) ?? `msg_${chance.id()}`;
      ids.set(message, id);
      const body = JSON.stringify(message);
      const headers = signedHeaders(key, id, clock.now(), body);
      // A redirection would take the message, and the token in it, to somebody else.
      const response = await fetch(url, { method: 'POST', body, headers, signal, redirect: 'manual' });
      const text = await response.text();
      const { status } = response;
      if (status === 200) return parse(text) as unknown as MessageAnswer;
      const problem = `the Assistant answered ${status}`;
      throw isNo(status)
        ? new ReportRefused(problem, status === 413 ? 'PAYLOAD_TOO_LARGE' : String(parse(text)['error']))
        : new Error(problem);
    },
  };
};
