import { describe, expect, test } from 'vitest';
import { readOrder } from '../src/functions/order.ts';
import { Notices } from '../src/story/notices.ts';

const ORDER = { id: 'order-1', customer: 'ann@example.org', card: '4242', total: 990 };

describe('an order', () => {
  test('is taken as it is, without what was not asked for', () => {
    expect(readOrder(JSON.stringify({ ...ORDER, discount: 100 }))).toEqual(ORDER);
  });

  test.each([
    ['{', 'the order is not JSON'],
    ['[]', 'id: '],
    ['null', 'the order is no object'],
    [JSON.stringify({ ...ORDER, id: 'a b' }), 'id: '],
    [JSON.stringify({ ...ORDER, customer: 7 }), 'customer: '],
    [JSON.stringify({ ...ORDER, card: undefined }), 'card: '],
    [JSON.stringify({ ...ORDER, total: 0.5 }), 'total: '],
  ])('%s is refused', (body, problem) => {
    expect(readOrder(body)).toContain(problem);
  });
});

test('what many functions log is told in a few words, and once', () => {
  const notices = new Notices();
  const log = (message: string, fields: object): void => notices.read(JSON.stringify({ level: 'INFO', message, ...fields }));
  log('labourer.resized', { labourer: 'charge', explanation: 'resize: 12 -> 6, payments.load 70 > 60' });
  log('labourer.resized', { labourer: 'charge', explanation: 'resize: 12 -> 6, payments.load 70 > 60' });
  for (const id of ['order-1', 'order-2']) log('task.dead', { labourer: 'charge', id, error: `PaymentsDown: ${id}` });
  log('attempt.expired', { labourer: 'receipt', id: 'x' });
  log('store.failed', { error: 'no answer' });
  log('orchestrator.answered', { answer: {} });
  expect(notices.take()).toEqual([
    'charge: cap 12 -> 6, payments.load 70 > 60',
    'store.failed: no answer',
    '2 of charge dead: PaymentsDown',
    '1 of receipt were not reported on within the lease',
  ]);
  expect(notices.take()).toEqual([]);
});
