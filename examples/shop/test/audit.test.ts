import { createReeve, inProcessInvoker, memoryStore } from '@reeve/core';
import { expect, test } from 'vitest';
import { Ledger } from '../src/outside/ledger.ts';
import type { Shop } from '../src/shop.ts';
import { audit } from '../src/story/audit.ts';
import { orders } from '../src/story/orders.ts';

const placed = orders(16, 1);
const [first] = placed;
const paid = placed.filter(({ card }) => !card.endsWith('0000'));

/** A shop in which each order has ended, in the simplest way. */
const settled = async () => {
  const labourer = { maxSimultaneousInvocations: 20, maxAttempts: 1 };
  const handlers = {
    charge: ({ card }: { readonly card: string }) => {
      if (card.endsWith('0000')) throw new Error('declined');
    },
    receipt: () => {},
    'stock-report': () => {},
  };
  const labourers: Shop = { charge: labourer, receipt: labourer, 'stock-report': labourer };
  const reeve = createReeve({ labourers, use: [memoryStore(), inProcessInvoker({ handlers })] });
  for (const { id, ...order } of placed) await reeve.enqueue('charge', order, { id });
  await reeve.tick();
  return reeve;
};

/** What the outside world has seen, if all went well. */
const soundLedger = (): Ledger => {
  const ledger = new Ledger();
  for (const { id, total } of paid) {
    ledger.charged(id, total);
    ledger.mailed(id);
  }
  ledger.declined('order-016');
  return ledger;
};

test('finds nothing where shop and world agree', async () => {
  expect(await audit(await settled(), placed, soundLedger())).toMatchObject({ orders: 16, paid: 15, declined: 1, complaints: [] });
});

test('finds an order that is lost', async () => {
  const [lost] = orders(1, 99);
  const { complaints } = await audit(await settled(), [...placed, lost!], soundLedger());
  expect(complaints).toContain('order-099 is lost, and should be completed');
});

test('finds a receipt that nobody should have got, and money of which the shop knows nothing', async () => {
  const ledger = soundLedger();
  ledger.mailed('order-016');
  ledger.charged('order-500', 1);
  const { complaints } = await audit(await settled(), placed, ledger);
  expect(complaints).toEqual([
    'order-016 is dead, and got 1 receipts',
    expect.stringMatching(/^the provider took \d+, and the orders come to \d+$/),
  ]);
});

test('tells of a receipt that was mailed twice, and does not mind', async () => {
  const ledger = soundLedger();
  ledger.mailed(first!.id);
  expect(await audit(await settled(), placed, ledger)).toMatchObject({ receipts: 15, twice: 1, complaints: [] });
});

test('finds an order that is done and not paid', async () => {
  const { complaints } = await audit(await settled(), placed, new Ledger());
  expect(complaints).toContain('order-001 is completed, and unpaid');
  expect(complaints).toContain('order-001 is completed, and got 0 receipts');
});

test('a charge is made once for each order, however often it is asked for', () => {
  const ledger = new Ledger();
  for (let n = 0; n < 3; n += 1) ledger.charged('order-001', 100);
  expect([ledger.takings, ledger.repeats]).toEqual([100, 2]);
});
