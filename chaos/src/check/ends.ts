import type { TaskRecord } from '@reeve/core';
import type { History } from '../history/history.ts';
import { idOf, workOf } from '../work.ts';
import type { Attempt } from './attempts.ts';
import type { Problem } from './problem.ts';

/** Each task that was enqueued ends once, and as it has to. Where not all was done, those that were left are no problem of their own. */
export const checkEnds = ({ tasks, records, processes, doneAt }: History, attempts: readonly Attempt[]): readonly Problem[] => {
  const isOver = doneAt !== undefined;
  const problems: Problem[] = [];
  const worked = new Set(attempts.flatMap(({ id, how }) => (how === 'done' || how === 'failed' ? [id] : [])));
  const created = new Set<number>();
  const answered = new Set<number>();
  for (const line of processes.flatMap(({ lines }) => lines)) {
    if (line.kind !== 'enqueued') continue;
    [...line.answers].forEach((answer, n) => {
      const number = line.from + n;
      if (answer === 'c' && created.has(number))
        problems.push({ rule: 'created twice', text: `${idOf(number)}: two calls were told that they made it` });
      if (answer === 'c') created.add(number);
      answered.add(number);
    });
  }
  const found = new Map<string, TaskRecord[]>();
  for (const each of records) found.set(each.id, [...(found.get(each.id) ?? []), each]);
  for (let number = 0; number < tasks; number += 1) {
    const id = idOf(number);
    const own = found.get(id) ?? [];
    found.delete(id);
    const [record] = own;
    if (!isOver && !answered.has(number) && !record) continue;
    if (!answered.has(number)) problems.push({ rule: 'not enqueued', text: `${id}: nobody was told that it was taken` });
    if (!record) problems.push({ rule: 'lost', text: `${id}: the store does not know it` });
    else if (own.length > 1)
      problems.push({ rule: 'doubled', text: `${id}: is there ${own.length} times: ${own.map(({ state }) => state).join(', ')}` });
    else if (!isOver && (record.state === 'queued' || record.state === 'running')) continue;
    else if (!worked.has(id))
      problems.push({ rule: 'ended by nobody', text: `${id}: is ${record.state}, and no handler came to its end with it` });
    else problems.push(...checkEnd(record, number));
  }
  for (const id of found.keys()) problems.push({ rule: 'invented', text: `${id}: nobody enqueued it` });
  return problems;
};

const checkEnd = (record: TaskRecord, number: number): readonly Problem[] => {
  const { kind, labourer } = workOf(number);
  const say = (rule: string, text: string): readonly Problem[] => [{ rule, text: `${record.id}: ${text}` }];
  if (record.labourer !== labourer) return say('wrong end', `is with ${record.labourer} and not with ${labourer}`);
  if (record.state !== 'completed' && record.state !== 'dead') return say('unfinished', `is ${record.state} in the end`);
  if (kind === 'poison') return record.state === 'dead' ? [] : say('wrong end', 'is completed, and its worker always fails');
  if (record.state === 'dead') return say('wrong end', `is dead: ${record.error}`);
  return record.result === JSON.stringify({ number }) ? [] : say('wrong end', `has the result ${record.result}`);
};
