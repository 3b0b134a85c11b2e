import type { Payload } from '../contenders/contender.ts';

const BYTES = 200;

/** @param at when it is handed over, for latency */
export const payloadOf = (i: number, at?: bigint): Payload => {
  const bare: Payload = { i, ...(at !== undefined && { at: String(at) }), pad: '' };
  return { ...bare, pad: 'x'.repeat(Math.max(0, BYTES - JSON.stringify(bare).length)) };
};

export const payloadsOf = (count: number, from = 0): Payload[] => Array.from({ length: count }, (_, n) => payloadOf(from + n));
