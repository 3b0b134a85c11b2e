import type { EpochMs, Lease } from '@reeve/core';
import { signWith } from '../signature/sign.ts';
import { messageId } from './envelope.ts';

export interface HeaderParts {
  readonly lease: Lease;
  readonly body: Buffer;
  readonly keys: readonly Buffer[];
  readonly now: EpochMs;
  readonly reportTo: string | undefined;
}

export const headersOf = ({ lease, body, keys, now, reportTo }: HeaderParts): Record<string, string> => {
  const id = messageId(lease);
  const timestamp = Math.floor(now / 1_000);
  return {
    'content-type': 'application/json',
    'content-length': String(body.byteLength),
    accept: 'application/json',
    // What is not compressed cannot grow.
    'accept-encoding': 'identity',
    'user-agent': 'reeve',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWith({ id, timestamp, body }, keys),
    ...(reportTo !== undefined && { 'reeve-report-to': reportTo }),
  };
};
