import assert from 'node:assert/strict';
import { boundError, type Lease, ReeveError, type TaskRecord } from '@reeve/core';

/** The members named are as expected; others may be there. A member expected as undefined must be absent. */
export const assertRecord = (
  record: TaskRecord | undefined,
  expected: Readonly<Record<string, unknown>>,
  what: string = 'record',
): void => {
  assert.ok(record, `${what}: the task cannot be found`);
  const members: Readonly<Record<string, unknown>> = { ...record };
  for (const [name, value] of Object.entries(expected)) {
    assert.deepEqual(members[name], value, `${what} of ${record.id}, in state ${record.state}: ${name}`);
  }
};

/** No task twice. */
export const assertApart = (leases: readonly Lease[]): void => {
  const seen = new Set(leases.map(({ id }) => id));
  assert.equal(seen.size, leases.length, 'a task was given to two claims');
};

export const count = <T>(list: readonly T[], wanted: T): number => list.filter((each) => each === wanted).length;

/** Of answers of racers exactly one is `applied`, and all others are of the kinds given. */
export const assertOneApplied = (outcomes: readonly (string | undefined)[], others: readonly string[]): void => {
  assert.equal(count(outcomes, 'applied'), 1, `exactly one of these may be applied: ${outcomes.join(', ')}`);
  for (const each of outcomes) assert.ok(each === 'applied' || others.includes(String(each)), `${each} among ${outcomes.join(', ')}`);
};

/** The call is refused as bad input, which says that nothing was written. */
export const assertRefused = async (call: Promise<unknown>, what: string): Promise<void> => {
  const fault: unknown = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(fault !== undefined, `${what}: was taken, and had to be refused`);
  assert.ok(ReeveError.is(fault), `${what}: was refused with ${boundError(fault)}, which is no ReeveError`);
  assert.equal(fault.kind, 'input', `${what}: the kind of the fault`);
};
