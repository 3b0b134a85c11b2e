import assert from 'node:assert/strict';
import type { ClaimAnswer, ClaimRequest, TaskRecord } from '@reeve/core';
import { assertRecord } from '../assertions.ts';
import { type Model, type ModelTask, mayTake } from './model.ts';

/** The record of a task says what the model does. */
export const assertAsModel = (record: TaskRecord | undefined, task: ModelTask): void => {
  const { payload, state, attempts, priority, key, token, deadline, due, errors, result, endedAt, expiresAt, cancelling } = task;
  const lastError = errors.at(-1)?.error;
  const byState = {
    queued: { due, lastError, ...(attempts === 0 && { expiresAt }) },
    running: { token, deadline, lastError, cancelling: cancelling || undefined },
    completed: { result, endedAt },
    dead: { error: lastError, endedAt },
    cancelled: { endedAt },
    dropped: { endedAt },
  };
  assertRecord(record, { payload, state, attempts, priority, key, errors, ...byState[state] }, 'the record');
};

/**
 * A claim, uncontended and with all indexes up to date, took what the model takes. It may drop fewer of those out of time than it met, and
 * then it may also stop there; but it has to say so.
 */
export const assertClaimed = (model: Model, request: ClaimRequest, { leases, dropped = [], nextDueIn }: ClaimAnswer): void => {
  const { labourer, cap, perKey, room: keyRoom, limit } = request;
  for (const each of dropped) assert.ok(model.drop(each), `${each.id} was dropped, and was not out of time`);
  const isCutShort = dropped.length > 0 && nextDueIn === 0;
  const most = isCutShort ? Math.min(limit, leases.length) : limit;
  const taken = model.claim({ ...request, limit: most });
  assert.deepEqual(
    leases.map(({ id }) => id),
    taken,
    `claimed, cap ${cap}, limit ${limit}, of a key ${perKey}, room ${JSON.stringify(keyRoom && [...keyRoom.of, keyRoom.others])}`,
  );
  const mine = model.of(labourer);
  const room = Math.min(limit, cap - mine.filter((each) => model.isLive(each)).length + taken.length);
  if (taken.length < room && !isCutShort) {
    // Nobody need look at what stands behind a full key.
    const isFull = ({ key }: ModelTask): boolean => {
      const ofKey = mine.filter((each) => each.key === key);
      const running = ofKey.filter((each) => model.isLive(each)).length;
      return !mayTake(key, { perKey, room: keyRoom }, running, ofKey.filter(({ id }) => taken.includes(id)).length);
    };
    const left = mine.filter((each) => model.isOutOfTime(each) && each.due <= model.now && !isFull(each));
    assert.deepEqual(
      left.map(({ id }) => id),
      [],
      'those that were out of time and due were all met, and not dropped',
    );
  }
  for (const each of leases) {
    const task = model.tasks.get(each.id);
    assert.deepEqual([each.attempt, each.payload, each.key, each.deadline], [task?.attempts, task?.payload, task?.key, task?.deadline]);
  }
};
