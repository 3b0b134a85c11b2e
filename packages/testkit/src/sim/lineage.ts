import type {
  Burial,
  Change,
  ClaimRequest,
  Clock,
  EndRef,
  EpochMs,
  ExpiryVerdict,
  NewTask,
  Redrive,
  Renewal,
  Replacement,
  Retention,
  TaskKey,
  Verdict,
} from '@reeve/core';
import type { Others, Store, WholeStore } from '../store/bench.ts';
import type { Model } from '../store/model/model.ts';
import { isWhole } from '../store/whole.ts';
import { forgetGone } from './forgetting.ts';
import type { SimStore, SimStoreFactory, StoreTools } from './sim-store.ts';

/** A write as it was asked for. */
type Write = { readonly at: EpochMs } & (
  | { readonly verb: 'enqueue'; readonly tasks: readonly NewTask[] }
  | { readonly verb: 'claim'; readonly request: ClaimRequest }
  | { readonly verb: 'settle'; readonly verdicts: readonly Verdict[] }
  | { readonly verb: 'renew'; readonly renewals: readonly Renewal[] }
  | { readonly verb: 'reap'; readonly verdicts: readonly ExpiryVerdict[] }
  | { readonly verb: 'maintain'; readonly labourers: readonly string[]; readonly retention: ReadonlyMap<string, Retention> }
  | OtherWrite
);

type OtherWrite =
  | { readonly verb: 'cancel'; readonly keys: readonly TaskKey[] }
  | { readonly verb: 'bury'; readonly burials: readonly Burial[] }
  | { readonly verb: 'redrive'; readonly redrives: readonly Redrive[] }
  | { readonly verb: 'replace'; readonly replacements: readonly Replacement[] }
  | { readonly verb: 'change'; readonly changes: readonly Change[] }
  | { readonly verb: 'takeOut'; readonly ends: readonly EndRef[] };

type Asked = Write extends infer One ? (One extends Write ? Omit<One, 'at'> : never) : never;

/**
 * A store that can lose its last writes, as one does whose machine is lost and whose copy lagged behind. It is opened anew, and what was
 * written up to some instant is written again at the instants at which it was.
 */
export class Lineage {
  readonly #factory: SimStoreFactory;
  readonly #tools: StoreTools;
  #current: SimStore | undefined;
  #writes: Write[] = [];
  #replayedAt: EpochMs | undefined;

  constructor(factory: SimStoreFactory, tools: StoreTools) {
    const { clock } = tools;
    const own: Clock = { now: () => this.#replayedAt ?? clock.now(), sleep: (wait, signal) => clock.sleep(wait, signal) };
    this.#factory = factory;
    this.#tools = { ...tools, clock: own };
  }

  async open(): Promise<void> {
    this.#current = await this.#factory(this.#tools);
  }

  async close(): Promise<void> {
    await this.#current?.close?.();
    this.#current = undefined;
  }

  /** Whichever store is the current one. */
  get store(): Store {
    if (!this.#current) throw new Error('the store is not open');
    return this.#current.store;
  }

  /** A connection of a process, which outlives what befalls the store. */
  connect(clock: Clock): Store {
    const own = this.#current?.connect?.(clock);
    const now = (): Store => own ?? this.store;
    const wrote = (write: Asked): void => void this.#writes.push({ ...write, at: this.#tools.clock.now() });
    return {
      ...(isWhole(this.store) && connectOthers(() => now() as WholeStore, wrote)),
      capabilities: now().capabilities,
      ...(this.store.newId && { newId: (task) => now().newId?.(task) }),
      enqueue: (tasks) => {
        wrote({ verb: 'enqueue', tasks });
        return now().enqueue(tasks);
      },
      labourersWithDue: (labourers) => now().labourersWithDue(labourers),
      claim: (request) => {
        wrote({ verb: 'claim', request });
        return now().claim(request);
      },
      settle: (verdicts) => {
        wrote({ verb: 'settle', verdicts });
        return now().settle(verdicts);
      },
      exchange: (verdicts, request) => {
        wrote({ verb: 'settle', verdicts });
        wrote({ verb: 'claim', request });
        return now().exchange(verdicts, request);
      },
      renew: (renewals) => {
        wrote({ verb: 'renew', renewals });
        return now().renew(renewals);
      },
      expired: (labourers, limit) => now().expired(labourers, limit),
      reap: (verdicts) => {
        wrote({ verb: 'reap', verdicts });
        return now().reap(verdicts);
      },
      maintain: (labourers, retention) => {
        if (retention && retention.size > 0) wrote({ verb: 'maintain', labourers, retention });
        return now().maintain(labourers, retention);
      },
      find: (key) => now().find(key),
      list: (query) => now().list(query),
      census: (labourers) => now().census(labourers),
    };
  }

  /**
   * Loses what was written after this instant. Nothing may be under way.
   * @param model made to know what the store knows then; a new one
   */
  async rollBack(to: EpochMs, model: Model): Promise<void> {
    await this.close();
    await this.open();
    this.#writes = this.#writes.filter(({ at }) => at <= to);
    for (const write of this.#writes) {
      this.#replayedAt = write.at;
      model.now = write.at;
      await replay(write, this.store, model);
    }
    this.#replayedAt = undefined;
  }
}

/** Whatever the store becomes, it is of the same kind. */
const connectOthers = (now: () => WholeStore, wrote: (write: OtherWrite) => void): Others => ({
  cancel: (keys) => {
    wrote({ verb: 'cancel', keys });
    return now().cancel(keys);
  },
  bury: (burials) => {
    wrote({ verb: 'bury', burials });
    return now().bury(burials);
  },
  redrive: (redrives) => {
    wrote({ verb: 'redrive', redrives });
    return now().redrive(redrives);
  },
  replace: (replacements) => {
    wrote({ verb: 'replace', replacements });
    return now().replace(replacements);
  },
  look: (names) => now().look(names),
  change: (changes) => {
    wrote({ verb: 'change', changes });
    return now().change(changes);
  },
  outbox: (labourers, limit) => now().outbox(labourers, limit),
  takeOut: (ends) => {
    wrote({ verb: 'takeOut', ends });
    return now().takeOut(ends);
  },
});

const replay = async (write: Write, store: Store, model: Model): Promise<unknown> => {
  switch (write.verb) {
    case 'enqueue':
      model.enqueue(write.tasks);
      return store.enqueue(write.tasks);
    case 'claim': {
      const { dropped = [] } = await store.claim(write.request);
      for (const each of dropped) model.drop(each);
      return model.claim(write.request);
    }
    case 'settle':
      for (const each of write.verdicts) model.settle(each);
      return store.settle(write.verdicts);
    case 'renew':
      for (const each of write.renewals) model.renew(each);
      return store.renew(write.renewals);
    case 'reap':
      for (const each of write.verdicts) model.reap(each);
      return store.reap(write.verdicts);
    case 'maintain':
      await store.maintain(write.labourers, write.retention);
      return forgetGone(store, model, write.labourers);
    default:
      return isWhole(store) ? replayOther(write, store, model) : undefined;
  }
};

const replayOther = async (write: OtherWrite, store: WholeStore, model: Model): Promise<void> => {
  switch (write.verb) {
    case 'cancel':
      await store.cancel(write.keys);
      for (const each of write.keys) model.cancel(each);
      break;
    case 'bury':
      await store.bury(write.burials);
      for (const each of write.burials) model.bury(each);
      break;
    case 'redrive':
      await store.redrive(write.redrives);
      for (const each of write.redrives) model.redrive(each);
      break;
    case 'replace':
      await store.replace(write.replacements);
      for (const each of write.replacements) model.replace(each);
      break;
    case 'change':
      await store.change(write.changes);
      model.register.change(write.changes, model.now);
      break;
    case 'takeOut':
      await store.takeOut(write.ends);
      for (const each of write.ends) model.takeOut(each);
  }
};
