import {
  type ClaimRequest,
  type Clock,
  Doorbell,
  type EpochMs,
  Events,
  type LimitedStoreParts,
  limitedStore,
  type Millis,
  type Register,
  type TaskStore,
} from '@reeve/core';
import type { Store } from '../store/bench.ts';
import { isWhole } from '../store/whole.ts';
import type { Life } from './node.ts';
import type { World } from './world.ts';

/** The store as whoever claims and settles in a process has it, with the limits of its labourers: as a composition puts it together. */
export const limitedFor = (
  world: World,
  life: Life,
  store: Store,
  {
    labourers,
    events = new Events(),
    doorbell = new Doorbell(),
  }: Pick<LimitedStoreParts, 'labourers'> & Partial<Pick<LimitedStoreParts, 'events' | 'doorbell'>>,
): TaskStore => {
  const lags = new Lags(world.scheduler);
  const register = isWhole(store) ? lags.over(world.planted.wrapRegister?.(store, world.scheduler) ?? store) : undefined;
  // A stop does not end what is waited for of the register, a minute at most where no answer comes: so it waits on the clock on which
  // nobody counts the timers that are left.
  const limited = limitedStore({ labourers, store, reader: store, register, clock: life.workClock, chance: life.chance, events, doorbell });
  return limited === store ? store : noting(limited, ({ token, labourer }) => world.limits.asks(token, lags.of(`rate:${labourer}`)));
};

/** How long the answers of a register took: an entry that is known already is reckoned with as of the instant of its answer, and what has passed since. */
class Lags {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lags = new Map<string, Millis>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  over(register: Register): Register {
    return {
      look: async (names) => this.#heard(names, await register.look(names)),
      change: async (changes) =>
        this.#heard(
          changes.map(({ name }) => name),
          await register.change(changes),
        ),
    };
  }

  of(name: string): Millis {
    return this.#lags.get(name) ?? 0;
  }

  #heard<Answer extends { readonly at: EpochMs }>(names: readonly string[], answer: Answer): Answer {
    for (const name of names) this.#lags.set(name, Math.max(0, this.#clock.now() - answer.at));
    return answer;
  }
}

/** Notes when a claim was asked for: before anything was set aside for it. */
const noting = (store: TaskStore, note: (request: ClaimRequest) => void): TaskStore => ({
  capabilities: store.capabilities,
  ...(store.newId && { newId: (task) => store.newId?.(task) }),
  enqueue: (tasks) => store.enqueue(tasks),
  labourersWithDue: (labourers) => store.labourersWithDue(labourers),
  claim: (request) => {
    note(request);
    return store.claim(request);
  },
  settle: (verdicts) => store.settle(verdicts),
  exchange: (verdicts, request) => {
    note(request);
    return store.exchange(verdicts, request);
  },
  renew: (renewals) => store.renew(renewals),
  expired: (labourers, limit) => store.expired(labourers, limit),
  reap: (verdicts) => store.reap(verdicts),
  maintain: (labourers, retention) => store.maintain(labourers, retention),
});
