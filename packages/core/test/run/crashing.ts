/** That the process died at this call: before the store heard of it, or before its answer came back. */
export class Crash extends Error {}

export type Side = 'before' | 'after';
export const sides: readonly Side[] = ['before', 'after'];

/**
 * The part of a process that dies at its n-th call of a store: that call and all later ones throw. What was carried out before stays,
 * and the next process finds it so.
 * @param n from 1
 */
export const crashing = <Store extends object>(
  store: Store,
  n: number,
  side: Side,
): { readonly store: Store; readonly calls: () => number } => {
  let calls = 0;
  const proxy = new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...args: readonly unknown[]): Promise<unknown> => {
        calls += 1;
        if (calls < n || (calls === n && side === 'after')) {
          const answer: unknown = await Reflect.apply(member, target, args);
          if (calls < n) return answer;
        }
        throw new Crash(`the process died at its call ${n}, ${side} it was carried out`);
      };
    },
  });
  return { store: proxy, calls: () => calls };
};

/**
 * Plays a story for every call that it makes and for both sides of it, until a play gets through without a crash.
 * @param play calls the store that it is given as the process that dies, then goes on as the next one; answers whether the first died
 */
export const atEveryCall = async (play: (n: number, side: Side) => Promise<'crashed' | 'through'>): Promise<number> => {
  for (const side of sides) {
    for (let n = 1; ; n += 1) {
      if (n > 200) throw new Error('it never gets through');
      if ((await play(n, side)) === 'through') {
        if (side === 'after') return n - 1;
        break;
      }
    }
  }
  return 0;
};
