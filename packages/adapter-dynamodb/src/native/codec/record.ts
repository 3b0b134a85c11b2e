/** A home as the reading side shows it. */
import type { JsonText, TaskRecord } from '@reeve/core';
import type { Row } from '../../client/requests.ts';
import { errorsOf } from './errors.ts';
import type { Home } from './home-key.ts';
import { dueOf, endedAtOf, endOf, HOME, idOf, readHome, stateOf, untilOf } from './home-row.ts';

/** `undefined`: no task. */
export const toRecord = (row: Row, home: Home): TaskRecord | undefined => {
  const state = stateOf(row);
  if (state === undefined || state === 'moved' || state === 'void') return undefined;
  const reading = readHome(row, home);
  if (state === 'aside' || 'problem' in reading) {
    const problem = row[HOME.problem]?.S ?? ('problem' in reading ? reading.problem : '');
    const nothing = { payload: 'null' as JsonText, priority: 0, errors: [], attempts: 0, createdAt: 0 };
    return { labourer: home.labourer, id: idOf(row, home), ...nothing, state: 'aside', problem };
  }
  const errors = errorsOf(row);
  const facts = { ...reading.facts, errors };
  const last = errors.at(-1)?.error;
  const lastError = last === undefined ? {} : { lastError: last };
  if (state === 'running') {
    const cancelling = row[HOME.cancelling] ? ({ cancelling: true } as const) : {};
    return { ...facts, ...lastError, state, token: row[HOME.token]?.S ?? '', deadline: untilOf(row), ...cancelling };
  }
  const end = endOf(row);
  if (end === undefined) {
    const expiresAt = row[HOME.expiresAt]?.N;
    return { ...facts, ...lastError, state: 'queued', due: dueOf(row), ...(expiresAt !== undefined && { expiresAt: Number(expiresAt) }) };
  }
  const endedAt = endedAtOf(row);
  if (end === 'dead') return { ...facts, state: end, endedAt, error: last ?? '' };
  if (end !== 'completed') return { ...facts, state: end, endedAt };
  const result = row[HOME.result]?.S as JsonText | undefined;
  const stats = row[HOME.stats]?.S as JsonText | undefined;
  return { ...facts, state: end, endedAt, ...(result !== undefined && { result }), ...(stats !== undefined && { stats }) };
};
