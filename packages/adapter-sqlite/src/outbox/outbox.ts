import type { End, EpochMs, JsonText } from '@reeve/core';
import type { Statements } from '../connection/statements.ts';
import { ENDED_STATES, type EndedState, forEachState } from '../verbs/ended-states.ts';

/** In the index an end lies under its state: a step for each of the four, that a list of one state finds there as well. */
export const ENDS: Readonly<Record<EndedState, string>> = forEachState(
  (state) => `
  SELECT seq, ended_at FROM tasks
  WHERE outbox = 1 AND labourer = ?1 AND state = '${state}'
  ORDER BY ended_at, seq
  LIMIT ?2`,
);

const END = 'SELECT id, labourer, state, ended_at, follow, result FROM tasks WHERE seq = ?1';

interface Found {
  readonly seq: number;
  readonly ended_at: EpochMs;
}

interface EndRow {
  readonly id: string;
  readonly labourer: string;
  readonly state: End['state'];
  readonly ended_at: EpochMs;
  readonly follow: string;
  readonly result: string | null;
}

/** The oldest are chosen from the index alone, so that texts are read of the chosen only. */
export const outbox = (statements: Statements, labourers: readonly string[], limit: number): End[] =>
  [...new Set(labourers)]
    .flatMap((labourer) => ENDED_STATES.flatMap((state) => statements.all<Found>(ENDS[state], labourer, limit)))
    .sort((a, b) => a.ended_at - b.ended_at || a.seq - b.seq)
    .slice(0, limit)
    .map(({ seq }) => toEnd(statements.first<EndRow>(END, seq)!));

const toEnd = ({ id, labourer, state, ended_at, follow, result }: EndRow): End => ({
  id,
  labourer,
  state,
  endedAt: ended_at,
  follow: follow as JsonText,
  ...(result !== null && { result: result as JsonText }),
});
