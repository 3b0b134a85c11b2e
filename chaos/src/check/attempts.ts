import type { History, ProcessHistory } from '../history/history.ts';
import { type LabourerName, numberOf, workOf } from '../work.ts';

/** One run of a handler. */
export interface Attempt {
  readonly id: string;
  readonly labourer: LabourerName;
  readonly attempt: number;
  readonly token: string;
  readonly process: ProcessHistory;
  readonly start: number;
  /** Of a killed one: when its process was killed. */
  readonly end: number;
  /** When its lease ended, as far as its process knew: it may have been longer, if the answer to a heartbeat was lost. */
  readonly until: number;
  /** `killed`: its process did not live to its end. */
  readonly how: 'done' | 'failed' | 'stopped' | 'killed';
}

/** A store counts whole milliseconds, and so does the worker that converts its instant. */
const ROUNDING = 2;

interface Growing {
  start: Omit<Attempt, 'end' | 'until' | 'how'>;
  until: number;
  end?: { readonly at: number; readonly how: 'done' | 'failed' | 'stopped' };
}

/** Every run of a handler, in the order of their starts. */
export const attemptsOf = ({ processes }: History): readonly Attempt[] =>
  processes.flatMap(attemptsOfProcess).sort((a, b) => a.start - b.start);

const attemptsOfProcess = (process: ProcessHistory): readonly Attempt[] => {
  const all: Growing[] = [];
  const open = new Map<string, Growing>();
  for (const line of process.lines) {
    if (line.kind === 'start') {
      const { id, attempt, token, at, until } = line;
      const growing = {
        start: { id, attempt, token, process, start: at, labourer: workOf(numberOf(id)).labourer },
        until: until - ROUNDING,
      };
      all.push(growing);
      open.set(`${id} ${token}`, growing);
    } else if (line.kind === 'end' || line.kind === 'renewed') {
      const growing = open.get(`${line.id} ${line.token}`);
      if (growing && line.kind === 'renewed') growing.until = Math.max(growing.until, line.until - ROUNDING);
      else if (growing && line.kind === 'end') growing.end = { at: line.at, how: line.how };
    }
  }
  const gone = process.killedAt ?? process.goneAt;
  return all.map(({ start, until, end }) => ({ ...start, until, end: end?.at ?? gone, how: end?.how ?? 'killed' }));
};
