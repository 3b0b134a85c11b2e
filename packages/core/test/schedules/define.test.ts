import assert from 'node:assert/strict';
import {
  createReeve,
  defineSchedule,
  inProcessInvoker,
  MemoryTaskStore,
  type ScheduleDefinition,
  type ScheduleDefinitions,
  type ScheduledTask,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { ContainerModule } from 'inversify';
import { describe, it } from 'vitest';
import { faultOf } from '../decide/faults.ts';
import { KNOWN, toMill } from './rig.ts';

const problems = (definition: unknown, name = 'pulse'): readonly string[] => {
  const { message } = faultOf(() => defineSchedule(name, definition as ScheduleDefinition, KNOWN), 'input', 'INVALID_SCHEDULE');
  return message
    .replace(' [INVALID_SCHEDULE]', '')
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
};

const refuses = (definition: unknown, ...expected: readonly RegExp[]): void => {
  const found = problems(definition);
  assert.equal(found.length, expected.length, found.join('\n'));
  for (const [n, each] of expected.entries()) assert.match(found[n] ?? '', each);
};

describe('a schedule is refused with path, value and remedy', () => {
  it('without a time, or with two', () => {
    refuses(toMill, /^schedules\.pulse: has neither cron nor every; give one/);
    refuses({ ...toMill, cron: '* * * * *', every: 1_000 }, /has both cron and every/);
  });
  it('without anything to do, or with two', () => {
    refuses({ every: 1_000 }, /has neither enqueue nor job/);
    refuses({ every: 1_000, ...toMill, job: {} }, /has both enqueue and job/);
  });
  it('with an expression that is none', () => {
    refuses(
      { ...toMill, cron: '61 * * * *' },
      /^schedules\.pulse\.cron: is "61 \* \* \* \*", which is no expression: Invalid value for minute: 61; give/,
    );
    refuses({ ...toMill, cron: 'tomorrow' }, /cron: is "tomorrow", which is no expression/);
    refuses({ ...toMill, cron: '2026-01-01T00:00:00' }, /cron: is "2026-01-01T00:00:00"; give an expression of five/);
    refuses({ ...toMill, cron: '@reboot' }, /no expression/);
    refuses({ ...toMill, cron: 5 }, /cron: is 5; give/);
  });
  it('that never comes', () => {
    refuses({ ...toMill, cron: '0 0 30 2 *' }, /^schedules\.pulse: never comes/);
    refuses({ ...toMill, cron: '0 0 31 4,6,9,11 *', timeZone: 'Europe/Berlin' }, /never comes/);
    refuses({ ...toMill, cron: '0 0 1 1 *', startAt: '2026-01-02T00:00:00Z', endAt: '2026-12-31T00:00:00Z' }, /never comes/);
  });
  it('in no time zone', () => {
    refuses({ ...toMill, cron: '* * * * *', timeZone: 'Mars/Olympus' }, /timeZone: is "Mars\/Olympus"; give IANA's name/);
    refuses({ ...toMill, cron: '* * * * *', timeZone: '+02:00' }, /timeZone: is "\+02:00"/);
    refuses({ ...toMill, every: 1_000, timeZone: 'UTC' }, /timeZone: is for cron/);
  });
  it('with numbers out of bounds', () => {
    refuses({ ...toMill, every: 999 }, /every: is 999; give a whole number from 1000/);
    refuses({ ...toMill, every: 2_000, jitter: 2_001 }, /jitter: is 2001, more than every, 2000/);
    refuses({ ...toMill, every: 1_000, missed: { all: 0 } }, /missed\.all: is 0/);
    refuses({ ...toMill, every: 1_000, missed: 'none' }, /missed: is "none"; give one of skip, last, all/);
    refuses({ ...toMill, every: 1_000, overlap: true }, /overlap: is true/);
  });
  it('with instants that mean another time on every machine', () => {
    refuses({ ...toMill, every: 1_000, startAt: '2026-01-01T00:00:00' }, /startAt: is "2026-01-01T00:00:00"; give a Date/);
    refuses({ ...toMill, every: 1_000, anchor: Number.NaN }, /anchor: is NaN/);
    refuses({ ...toMill, cron: '* * * * *', anchor: 0 }, /anchor: is for every/);
    refuses({ ...toMill, every: 1_000, startAt: 5, endAt: 5 }, /endAt: is not after startAt/, /never comes/);
  });
  it('for nobody, or with a payload that JSON cannot carry', () => {
    refuses(
      { every: 1_000, enqueue: { labourer: 'nobody' } },
      /enqueue\.labourer: is "nobody", and there is no such labourer here; known are mill, forge/,
    );
    refuses(
      { every: 1_000, enqueue: { labourer: 'mill', payload: { at: Number.NaN } } },
      /enqueue\.payload: cannot be kept: .*payload\.at/,
    );
    refuses(
      { every: 1_000, enqueue: { labourer: 'mill', payload: 'x'.repeat(60_000) } },
      /takes 60\d\d\d bytes as JSON, and 49152 are allowed/,
    );
    refuses({ every: 1_000, enqueue: { labourer: 'mill', priority: 10, key: '' } }, /key: the text is empty/, /priority: is 10/);
    refuses({ every: 1_000, job: 'not json' }, /job: is no job: .*is not JSON/);
    refuses({ every: 1_000, job: {} }, /job: names no labourer; give lambda_name/);
    refuses({ every: 1_000, job: { job: { lambda_name: 'nobody' } } }, /job: names "nobody", and there is no such labourer/);
  });
  it('by a name or with members that do not do', () => {
    assert.match(problems({ every: 1_000, ...toMill }, 'a b')[0] ?? '', /name: the name must be/);
    refuses({ ...toMill, evry: 1_000 }, /evry: is not known here; did you mean every/, /neither cron nor every/);
  });
});

describe('createReeve', () => {
  it('lists what is wrong with all of its schedules', () => {
    const fault = faultOf(
      () =>
        createReeve({
          labourers: { mill: { maxSimultaneousInvocations: 1 } },
          schedules: { a: { cron: 'x', enqueue: { labourer: 'mill' } }, b: { every: 5, enqueue: { labourer: 'mill' } } },
          use: [],
        }),
      'config',
      'INVALID_SCHEDULE',
    );
    assert.match(fault.message, /schedules\.a\.cron[\s\S]*schedules\.b\.every/);
  });
  it('takes a register for schedules', () => {
    const store = new ContainerModule(({ bind }) => {
      const memory = new MemoryTaskStore({ clock: new ManualClock() });
      bind(TaskStore).toConstantValue(memory);
      bind(TaskReader).toConstantValue(memory);
    });
    const compose = (schedules: ScheduleDefinitions<ScheduledTask<'mill'>>) =>
      createReeve({
        labourers: { mill: { maxSimultaneousInvocations: 1 } },
        schedules,
        use: [store, inProcessInvoker({ handlers: { mill: () => {} } })],
      });
    const fault = faultOf(() => compose({ a: { every: 1_000, enqueue: { labourer: 'mill' } } }), 'config', 'INVALID_COMPOSITION');
    assert.match(fault.message, /schedules\.a: is kept in a Register/);
    compose({});
  });
});
