import type { Reeve } from '@reeve/core';
import type { Order } from '../functions/order.ts';
import type { Ledger } from '../outside/ledger.ts';
import type { Shop } from '../shop.ts';

export interface Audit {
  readonly orders: number;
  readonly paid: number;
  readonly declined: number;
  /** Orders for which there is one. */
  readonly receipts: number;
  /** Receipts that were mailed more than once. */
  readonly twice: number;
  readonly stockReports: number;
  /** In cents. */
  readonly takings: number;
  /** Empty: all is as it should be. */
  readonly complaints: readonly string[];
}

/** Compares what the shop says with what the outside world has seen. */
export const audit = async (reeve: Reeve<Shop>, placed: readonly Order[], ledger: Ledger): Promise<Audit> => {
  const complaints: string[] = [];
  const states = await Promise.all(placed.map(async ({ id }) => (await reeve.find({ labourer: 'charge', id }))?.state ?? 'lost'));
  for (const [n, { id, card }] of placed.entries()) {
    const state = states[n];
    const due = card.endsWith('0000') ? 'dead' : 'completed';
    if (state !== due) complaints.push(`${id} is ${state}, and should be ${due}`);
    if (ledger.paid.has(id) !== (due === 'completed')) complaints.push(`${id} is ${state}, and ${ledger.paid.has(id) ? 'paid' : 'unpaid'}`);
    // A function that knows nothing of Reeve may be run twice, where a lease is over before it was heard of. None at all is wrong.
    const receipts = ledger.receipts.get(id) ?? 0;
    if (receipts > 0 !== (due === 'completed')) complaints.push(`${id} is ${state}, and got ${receipts} receipts`);
  }
  const total = placed.filter(({ id }) => ledger.paid.has(id)).reduce((sum, order) => sum + order.total, 0);
  if (total !== ledger.takings) complaints.push(`the provider took ${ledger.takings}, and the orders come to ${total}`);
  const reports = await reeve.list({ labourer: 'stock-report', state: 'completed', limit: 1_000 });
  return {
    orders: placed.length,
    paid: ledger.paid.size,
    declined: ledger.refused.size,
    receipts: ledger.receipts.size,
    twice: [...ledger.receipts.values()].filter((times) => times > 1).length,
    stockReports: reports.tasks.length,
    takings: ledger.takings,
    complaints,
  };
};
