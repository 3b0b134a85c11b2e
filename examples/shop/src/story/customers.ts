import type { Cloud } from '../cloud/cloud.ts';
import type { Order } from '../functions/order.ts';

/** All of them order at once; one in ten is impatient and sends it twice. @throws if an order is not taken */
export const placeOrders = async ({ call }: Pick<Cloud, 'call'>, placed: readonly Order[]): Promise<void> => {
  const impatient = placed.filter((_, n) => n % 10 === 0);
  await Promise.all(
    [...placed, ...impatient].map(async (order) => {
      const answer = (await call('shop-api', { body: JSON.stringify(order) })) as { readonly statusCode: number; readonly body: string };
      if (answer.statusCode !== 202) throw new Error(`the shop answered ${answer.statusCode}: ${answer.body}`);
    }),
  );
};
