// Takes the money of one order.
import { NonRetryableError, type Worker, worker } from '@reeve/worker';
import type { Order } from './order.ts';

class PaymentsDown extends Error {
  override readonly name: string = 'PaymentsDown';
}

export const handler: Worker = worker(async ({ card, total }: Omit<Order, 'id'>, { id, attempt, signal, stats }) => {
  const response = await fetch(`${process.env['PAYMENTS_URL']}/charges`, {
    method: 'POST',
    // The order's number: whatever becomes of this attempt, the next one charges nothing twice.
    headers: { 'idempotency-key': id },
    body: JSON.stringify({ card, total }),
    signal,
  });
  const answer = await response.text();
  if (response.status === 402) throw new NonRetryableError(`the card was declined (${answer})`);
  if (!response.ok) throw new PaymentsDown(`the provider answered ${response.status}`);
  stats['attempts'] = attempt;
  return { charge: answer };
});
