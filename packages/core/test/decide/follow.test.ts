import assert from 'node:assert/strict';
import { type Continuations, defineLabourers, type End, type JsonText, ReeveError } from '@reeve/core';
import { describe, it } from 'vitest';
import { followingOf } from '../../src/decide/read-follow.ts';
import { writeFollow } from '../../src/decide/write-follow.ts';

const labourers = new Map(
  defineLabourers({ a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1, priority: 4, expireAfter: 60_000 } }).map(
    (each) => [each.id, each],
  ),
);
const write = (task: Continuations, place = '') => writeFollow(task, { labourers, place });
const end = (follow: unknown, more: Partial<End> = {}): End => ({
  labourer: 'a',
  id: '1',
  endedAt: 1_000,
  state: 'completed',
  follow: (typeof follow === 'string' ? follow : JSON.stringify(follow)) as JsonText,
  ...more,
});
const tasksOf = (task: Continuations, more: Partial<End> = {}, maxBytes = 1_000) => followingOf(end(write(task), more), maxBytes).tasks;

describe('what follows', () => {
  it('is nothing for a task that nothing follows', () => {
    assert.equal(write({}), undefined);
    assert.equal(write({ onCompleted: [] }), undefined);
  });

  it('waits for the end that it names', () => {
    const task = { onCompleted: [{ labourer: 'a', id: 'c' }], onDead: [{ labourer: 'a', id: 'd' }], onEnded: [{ labourer: 'a', id: 'e' }] };
    const idsAfter = (state: End['state']) => tasksOf(task, { state }).map(({ id }) => id);
    assert.deepEqual(idsAfter('completed'), ['c', 'e']);
    assert.deepEqual(idsAfter('dead'), ['d', 'e']);
    assert.deepEqual(idsAfter('cancelled'), ['e']);
    assert.deepEqual(idsAfter('dropped'), ['e']);
  });

  it('is due by the instant of the end, with the defaults of its labourer', () => {
    const [task] = tasksOf({ onEnded: [{ labourer: 'b', payload: null, delay: 500 }] });
    assert.equal(task?.payload, 'null');
    assert.deepEqual([task?.due, task?.priority, task?.expiresAt], [1_500, 4, 61_500]);
    const [own] = tasksOf({ onEnded: [{ labourer: 'b', priority: 0, expireAfter: 7 }] });
    assert.deepEqual([own?.due, own?.priority, own?.expiresAt, own?.payload], [undefined, undefined, 1_007, '{}']);
  });

  it('has an id of its own for each end and place, and the same one for the same', () => {
    const task = { onEnded: [{ labourer: 'a' }, { labourer: 'a' }] };
    const [one, two] = tasksOf(task).map(({ id }) => id);
    assert.notEqual(one, two);
    assert.deepEqual(
      tasksOf(task).map(({ id }) => id),
      [one, two],
    );
    for (const other of [{ endedAt: 1_001 }, { id: '2' }, { labourer: 'b' }]) assert.notEqual(tasksOf(task, other)[0]?.id, one);
    assert.match(one ?? '', /^follow-[\w-]{32}$/);
  });

  it('gets the result to the letter, or the word that it was too long', () => {
    const result = '{"n":12345678901234567890,"m":1.0}' as JsonText;
    const task = { onEnded: [{ labourer: 'a', payload: { x: 1 }, passResult: true }] };
    const parent = '"labourer":"a","id":"1","state":"completed"';
    assert.equal(tasksOf(task, { result })[0]?.payload, `{"parent":{${parent},"result":${result}},"payload":{"x":1}}`);
    assert.equal(tasksOf(task, { result }, 110)[0]?.payload, `{"parent":{${parent},"resultLeftOut":true},"payload":{"x":1}}`);
    const bare = { onEnded: [{ labourer: 'a', passResult: true }] };
    assert.equal(tasksOf(bare, { state: 'dead' })[0]?.payload, '{"parent":{"labourer":"a","id":"1","state":"dead"}}');
  });

  it('goes on: what follows may have a following', () => {
    const [next] = tasksOf({ onEnded: [{ labourer: 'a', onCompleted: [{ labourer: 'b', id: 'last' }] }] });
    const [last] = followingOf(end(next?.follow), 1_000).tasks;
    assert.deepEqual([last?.labourer, last?.id], ['b', 'last']);
  });

  it('is refused where it cannot be done, with its place', () => {
    const bad: readonly [unknown, string, RegExp][] = [
      [{ onDead: 'a' }, 'INVALID_FOLLOW', /^items\[2\]\.onDead is no list; give an array/],
      [{ onDead: ['a'] }, 'INVALID_FOLLOW', /^items\[2\]\.onDead\[0\] is no follow-up/],
      [{ onDead: [{ labourer: 'z' }] }, 'UNKNOWN_LABOURER', /^items\[2\]\.onDead\[0\]\.labourer: there is no labourer "z"/],
      [{ onDead: [{ labourer: 'a', id: '' }] }, 'INVALID_TASK_ID', /^items\[2\]\.onDead\[0\]\.id/],
      [{ onDead: [{ labourer: 'a', payload: { x: 1n } }] }, 'PAYLOAD_NOT_JSON', /^items\[2\]\.onDead\[0\]\.payload\.x: a BigInt/],
      [{ onDead: [{ labourer: 'a', priority: 10 }] }, 'INVALID_PRIORITY', /^items\[2\]\.onDead\[0\]\.priority: 10/],
      [{ onDead: [{ labourer: 'a', delay: -1 }] }, 'INVALID_DUE', /^items\[2\]\.onDead\[0\]\.delay: -1/],
      [{ onDead: [{ labourer: 'a', expireAfter: 0 }] }, 'INVALID_FOLLOW', /^items\[2\]\.onDead\[0\]\.expireAfter is no time/],
      [{ onDead: [{ labourer: 'a', passResult: 'yes' }] }, 'INVALID_FOLLOW', /^items\[2\]\.onDead\[0\]\.passResult is neither/],
      [{ onDead: Array(101).fill({ labourer: 'a' }) }, 'INVALID_FOLLOW', /has 101 follow-ups; give 100/],
      [
        { onDead: [{ labourer: 'a', payload: 'x'.repeat(65_500) }] },
        'PAYLOAD_TOO_LARGE',
        /^items\[2\]\.onCompleted, onDead, onEnded: 65\d+ bytes/,
      ],
    ];
    for (const [task, code, words] of bad)
      assert.throws(
        () => write(task as Continuations, 'items[2].'),
        (error: unknown) => ReeveError.is(error, code) && error.kind === 'input' && words.test(error.message),
        `${code} ${words}`,
      );
    const round: { onEnded: unknown[] } = { onEnded: [] };
    round.onEnded.push({ labourer: 'a', ...round });
    assert.throws(() => write(round as Continuations), /is more than 16 levels down/);
  });

  it('that nobody here can read is a fault, and never something else', () => {
    const bad = [
      'no',
      'null',
      '[]',
      { v: 2 },
      { next: [] },
      { v: 1, next: {} },
      { v: 1, next: [{ on: 'onFriday', labourer: 'a' }] },
      { v: 1, next: [{ on: 'onDead' }] },
      { v: 1, next: [{ on: 'onDead', labourer: 'a', id: 5 }] },
      { v: 1, next: [{ on: 'onDead', labourer: 'a', delay: -5 }] },
      { v: 1, next: [{ on: 'onDead', labourer: 'a', priority: 12 }] },
      { v: 1, batch: { id: 'x' } },
      { v: 1, batch: { id: '', index: 0 } },
    ];
    for (const text of bad)
      assert.throws(
        () => followingOf(end(text), 1_000),
        (error: unknown) => ReeveError.is(error, 'FOLLOW_UNREADABLE'),
        JSON.stringify(text),
      );
    assert.deepEqual(followingOf(end({ v: 1, later: true }), 1_000), { tasks: [] });
  });
});
