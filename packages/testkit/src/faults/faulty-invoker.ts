import type { Chance, Clock, Delivery, Invoker, Millis } from '@reeve/core';

/** How often an invoker, or the way to the worker, fails in each manner. Each is a probability per call, 0 to 1. */
export interface InvokerFaults {
  /** Throttled: it certainly does not start. */
  readonly refused: number;
  /** It throws, and nothing started. */
  readonly lostBefore: number;
  /** It throws, and the worker works. */
  readonly lostAfter: number;
  /** It never answers, and nothing started. */
  readonly silent: number;
  /** For invokers that answer `accepted`: it is accepted, and never delivered. */
  readonly dropped: number;
  /** For invokers that answer `accepted`: delivered twice or three times. */
  readonly again: number;
  /** For invokers that answer `accepted`: accepted at once, and delivered up to `lateBy` later. */
  readonly late: number;
  readonly lateBy: Millis;
}

export const noInvokerFaults: InvokerFaults = {
  refused: 0,
  lostBefore: 0,
  lostAfter: 0,
  silent: 0,
  dropped: 0,
  again: 0,
  late: 0,
  lateBy: 0,
};

export interface FaultyInvokerParts {
  readonly clock: Clock;
  readonly chance: Pick<Chance, 'random'>;
  /** A function where they change: it is asked at each call. */
  readonly faults: InvokerFaults | (() => InvokerFaults);
  /** `accepts`: the worker reports by itself. `finishes`: the answer is the report, and what is done to a delivery alone is not dealt. */
  readonly kind: 'accepts' | 'finishes';
  /** Is told of each fault as it is dealt, by its name. */
  readonly onFault?: (fault: string) => void;
}

const ACCEPTED: Delivery = { kind: 'accepted' };

/** Any invoker, behind a way on which invocations are refused, lost, doubled and held up as the port allows. */
export const faultyInvoker = (invoker: Invoker, { clock, chance, faults, kind, onFault }: FaultyInvokerParts): Invoker => {
  const deals = (fault: string, probability: number): boolean => {
    if (probability === 0 || chance.random() >= probability) return false;
    onFault?.(fault);
    return true;
  };
  const rates = (): InvokerFaults => (typeof faults === 'function' ? faults() : faults);
  return {
    ...(invoker.parallelism !== undefined && { parallelism: invoker.parallelism }),
    ...(invoker.check && { check: invoker.check.bind(invoker) }),
    invoke: async (labourer, lease, context) => {
      const deliver = (): Promise<Delivery> => invoker.invoke(labourer, lease, context);
      const astray = (): void => void deliver().catch(() => {}); // whose answer nobody hears
      const now = rates();
      if (deals('refused', now.refused)) {
        const retryAfter = Math.floor(chance.random() * 5_000);
        return { kind: 'refused', reason: 'a planted fault: throttled', ...(retryAfter % 2 === 0 && { retryAfter }) };
      }
      if (deals('lost before', now.lostBefore)) throw new Error('a planted fault: the connection was reset, and nothing started');
      if (deals('silent', now.silent)) return new Promise<Delivery>(() => {});
      if (kind === 'accepts') {
        if (deals('dropped', now.dropped)) return ACCEPTED;
        if (deals('late', now.late)) {
          void clock.sleep(chance.random() * now.lateBy).then(astray);
          return ACCEPTED;
        }
        if (deals('again', now.again)) {
          astray();
          if (chance.random() < 0.5) astray();
        }
      }
      const delivery = await deliver();
      if (deals('lost after', now.lostAfter)) throw new Error('a planted fault: the connection was reset, and the worker works');
      return delivery;
    },
  };
};
