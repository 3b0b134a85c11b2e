// Behind a Function URL: takes an order, and answers before anything of it is done.
import { createReeve, type Reeve, ReeveError } from '@reeve/core';
import { type Shop, shop } from '../shop.ts';
import { type Order, readOrder } from './order.ts';

interface HttpRequest {
  readonly body?: string;
}

interface HttpResponse {
  readonly statusCode: number;
  readonly body: string;
}

let reeve: Reeve<Shop> | undefined;

export const handler = async ({ body = '' }: HttpRequest): Promise<HttpResponse> => {
  const order = readOrder(body);
  if (typeof order === 'string') return { statusCode: 400, body: JSON.stringify({ problem: order }) };
  reeve ??= createReeve(shop());
  try {
    return { statusCode: 202, body: JSON.stringify({ order: order.id, outcome: await place(reeve, order) }) };
  } catch (error) {
    return { statusCode: ReeveError.is(error) && error.kind === 'input' ? 400 : 503, body: JSON.stringify({ problem: 'try again' }) };
  }
};

/** The order's own number is the task's: a customer who sends it twice has ordered once. The receipt follows the money, and nothing else. */
const place = async (to: Reeve<Shop>, { id, ...order }: Order): Promise<string> => {
  const receipt = { labourer: 'receipt', id: `receipt-${id}`, payload: { order: id, to: order.customer, total: order.total } };
  const { outcome } = await to.enqueue('charge', order, { id, onCompleted: [receipt] });
  return outcome;
};
