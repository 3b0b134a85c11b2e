import type { Order } from '../functions/order.ts';

/** One card in so many has no money on it. */
const EMPTY = 16;

/** So many orders, numbered from `first`. */
export const orders = (count: number, first: number): readonly Order[] =>
  Array.from({ length: count }, (_, n) => {
    const number = first + n;
    return {
      id: `order-${String(number).padStart(3, '0')}`,
      customer: `customer-${number}@example.org`,
      card: number % EMPTY === 0 ? '4000000000000000' : '4242424242424242',
      total: 990 + 100 * (number % 20),
    };
  });
