import type { Change, End, Looked, TaskKey, Wrote } from '@reeve/core';
import type { Others, WholeStore } from '../store/bench.ts';
import { type Model, type ModelTask, mayBeBefore } from '../store/model/model.ts';
import type { Violations } from './violation.ts';
import type { WorkLog } from './work-log.ts';

export interface OthersParts {
  /** At the instant at which it is asked for. */
  readonly model: () => Model;
  readonly violations: Violations;
  readonly works: WorkLog;
  readonly tell: (line: string) => void;
}

/** Holds what an operator, a register and an outbox answer against the model. */
export const watchOthers = (store: WholeStore, parts: OthersParts): Others => {
  const { model, violations, works, tell } = parts;
  const told = <Ask extends TaskKey, Answer extends string>(
    verb: string,
    asks: readonly Ask[],
    answers: readonly Answer[],
    expect: (model: Model, ask: Ask) => Answer,
  ): readonly Answer[] => {
    const now = model();
    tell(`${verb} ${asks.map(({ id }, n) => `${id} ${answers[n]}`).join(', ')}`);
    asks.forEach((ask, n) => {
      const expected = expect(now, ask);
      violations.expect(answers[n] === expected, 'operator', () => `${verb} of ${ask.id} was answered ${answers[n]}, not ${expected}`);
    });
    return answers;
  };
  return {
    cancel: async (keys) => told('cancel', keys, await store.cancel(keys), (now, key) => now.cancel(key)),
    bury: async (burials) => told('bury', burials, await store.bury(burials), (now, burial) => now.bury(burial)),
    redrive: async (redrives) => told('redrive', redrives, await store.redrive(redrives), (now, redrive) => now.redrive(redrive)),
    replace: async (replacements) => {
      for (const each of replacements) works.replaced(each, each.payload);
      return told('replace', replacements, await store.replace(replacements), (now, each) => now.replace(each));
    },
    look: async (names) => looked(parts, names, await store.look(names)),
    change: async (changes) => changed(parts, changes, await store.change(changes)),
    outbox: async (labourers, limit) => shown(parts, labourers, limit, await store.outbox(labourers, limit)),
    takeOut: async (ends) => {
      await store.takeOut(ends);
      tell(`take out ${ends.map(({ id }) => id).join(', ')}`);
      for (const each of ends) model().takeOut(each);
    },
  };
};

const looked = ({ model, violations }: OthersParts, names: readonly string[], answer: Looked): Looked => {
  const { register, now } = model();
  const [seen, expected] = [JSON.stringify(answer.entries), JSON.stringify(register.look(names, now))];
  violations.expect(seen === expected, 'register', () => `a look at ${names.join()} saw ${seen}, where ${expected} lay`);
  return answer;
};

const changed = ({ model, violations, tell }: OthersParts, changes: readonly Change[], answer: Wrote): Wrote => {
  const { register, now } = model();
  tell(`change ${changes.map(({ name, stamp }, n) => `${name} ${stamp} ${answer.outcomes[n]?.kind}`).join(', ')}`);
  const [said, expected] = [JSON.stringify(answer.outcomes), JSON.stringify(register.change(changes, now))];
  violations.expect(said === expected, 'register', () => `a change was answered ${said}, not ${expected}`);
  return answer;
};

const nameOf = ({ id, state, endedAt, follow, result }: End | ModelTask): string => JSON.stringify([id, state, endedAt, follow, result]);

const shown = ({ model, violations }: OthersParts, labourers: readonly string[], limit: number, ends: readonly End[]): readonly End[] => {
  const all = model().outbox(labourers);
  const names = new Set(all.map(nameOf));
  const wrong = ends.find((each) => !names.has(nameOf(each)));
  violations.expect(!wrong, 'outbox', () => `${wrong && nameOf(wrong)} is in the outbox, and is no end that waits there`);
  const most = Math.min(limit, all.length);
  violations.expect(ends.length === most, 'outbox', () => `${all.length} ends wait, and ${ends.length} of ${most} were shown`);
  const order = ends.flatMap((each) => all.find((task) => nameOf(task) === nameOf(each)) ?? []);
  const rest = all.filter((each) => !order.includes(each));
  const isInOrder = order.every((each, n) => [...order.slice(n + 1), ...rest].every((later) => mayBeBefore(each, later)));
  violations.expect(isInOrder, 'outbox', () => 'the oldest ends were not the first');
  return ends;
};
