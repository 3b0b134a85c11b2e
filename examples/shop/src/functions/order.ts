/** What a customer sends. */
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly card: string;
  /** In cents. */
  readonly total: number;
}

/** @returns the order, or what is wrong with it */
export const readOrder = (body: string): Order | string => {
  let order: unknown;
  try {
    order = JSON.parse(body);
  } catch {
    return 'the order is not JSON';
  }
  if (typeof order !== 'object' || order === null) return 'the order is no object';
  const { id, customer, card, total } = order as Partial<Record<keyof Order, unknown>>;
  if (typeof id !== 'string' || !/^[\w-]{1,64}$/.test(id)) return 'id: give 1 to 64 letters, digits, _ or -';
  if (typeof customer !== 'string' || !customer.includes('@')) return 'customer: give an address of mail';
  if (typeof card !== 'string') return 'card: give the number of a card';
  if (typeof total !== 'number' || !Number.isSafeInteger(total) || total < 1) return 'total: give cents, a whole number from 1';
  return { id, customer, card, total };
};
