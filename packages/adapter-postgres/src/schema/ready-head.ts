/** Names of variables, and how many rows are wanted, as an expression. */
export interface ReadyHead {
  readonly rows: string;
  readonly seqs: string;
  readonly ids: string;
  readonly dues: string;
  /** Of the variable for where their rows of `task` are, if somebody asks. */
  readonly taskRows?: string;
  /** Of the variable for how many there were. */
  readonly found: string;
  readonly wanted: string;
}

/**
 * Locks what is to be tried next and is due at `v_now`, in order, past whatever others are just taking. From where the caller's latest
 * claim ended (`p_from_due`, `p_from_seq`); from the head if a task is marked `early`, or if fewer were found than are wanted.
 */
export const lockReadyHead = (s: string, { rows, seqs, ids, dues, taskRows, found, wanted }: ReadyHead): string => `
IF EXISTS (SELECT FROM ${s}.ready r WHERE r.labourer = p_labourer AND r.early) THEN
  p_from_due := NULL;
END IF;
LOOP
  SELECT array_agg(f.ctid), array_agg(f.seq), array_agg(f.id), array_agg(f.due),${taskRows ? ' array_agg(f.task_row),' : ''} count(*)
  INTO ${rows}, ${seqs}, ${ids}, ${dues},${taskRows ? ` ${taskRows},` : ''} ${found}
  FROM (
    SELECT r.ctid, r.seq, r.id, r.due, r.task_row FROM ${s}.ready r
    WHERE r.labourer = p_labourer AND r.due <= v_now
      AND (r.due, r.seq) > (coalesce(p_from_due, -9223372036854775808), coalesce(p_from_seq, 0))
    ORDER BY r.due, r.seq LIMIT ${wanted} FOR UPDATE SKIP LOCKED) f;
  EXIT WHEN ${found} = ${wanted} OR p_from_due IS NULL;
  p_from_due := NULL;
END LOOP;
`;
