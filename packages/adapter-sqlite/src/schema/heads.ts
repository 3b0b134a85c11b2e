/**
 * What a claim that gives turns to keys walks through, beside the tasks: `keyed` has the queued tasks of each key in their order, `heads`
 * of each key and lane the first, in the order of turns. So it finds the next key and the next task of a key, however many there are of
 * both. They are tables and not indexes of `tasks`: each statement that changes a task's state opens all of its indexes, also for a task
 * without a key, and would be slower by some hundredths for each.
 *
 * A task enters the queue or leaves it in one of three ways, and each sets the rows here right in the same transaction:
 * - it is enqueued with a key: by the statements below, since a trigger would cost those without a key as well;
 * - it leaves or enters later: by a trigger, so that no statement can forget it, also none of a process that runs an earlier version.
 *   Each statement that does so sets `token` or `fresh`, and none of those that settle an attempt for good does: to them the
 *   trigger costs nothing. To the others, of tasks without a key, it costs a comparison (no statement changes a key);
 * - it is deleted, which only other programs do with a queued one.
 */

/** Right after the INSERT of the task. ?1 to ?4: labourer, key, lane, due. */
export const PUT_KEYED = `INSERT INTO keyed (labourer, key, lane, due, seq) VALUES (?1, ?2, ?3, ?4, last_insert_rowid())`;

/** ?1 to ?3: labourer, key, lane. */
export const PUT_HEAD: string = putHead('?1', '?2', '?3');
export const DROP_SECOND: string = dropSecond('?1', '?2', '?3');

/** The one that is the first now. Mostly it was before, and is there. */
function putHead(labourer: string, key: string, lane: string, condition: string = 'true'): string {
  return `
    INSERT INTO heads (labourer, lane, due, seq, key)
    SELECT labourer, lane, due, seq, key FROM keyed
    WHERE labourer = ${labourer} AND key = ${key} AND lane = ${lane} AND ${condition}
    ORDER BY due, seq LIMIT 1
    ON CONFLICT DO NOTHING`;
}

/** When one task has entered, the head before is the second now, or it still is the first. */
function dropSecond(labourer: string, key: string, lane: string, condition: string = 'true'): string {
  return `
    DELETE FROM heads WHERE (labourer, lane, due, seq) = (
      SELECT labourer, lane, due, seq FROM keyed
      WHERE labourer = ${labourer} AND key = ${key} AND lane = ${lane} AND ${condition}
      ORDER BY due, seq LIMIT 1 OFFSET 1
    )`;
}

const LEFT = `
  DELETE FROM keyed WHERE labourer = old.labourer AND key = old.key AND lane = old.lane AND due = old.due AND seq = old.seq;
  DELETE FROM heads WHERE labourer = old.labourer AND lane = old.lane AND due = old.due AND seq = old.seq;
  ${putHead('old.labourer', 'old.key', 'old.lane')};`;

/** Where it was not queued before, or is not now, its half changes nothing. */
const MOVED = `
  ${LEFT}
  INSERT INTO keyed (labourer, key, lane, due, seq)
  SELECT new.labourer, new.key, new.lane, new.due, new.seq WHERE new.state = 'queued';
  ${putHead('new.labourer', 'new.key', 'new.lane', `new.state = 'queued'`)};
  ${dropSecond('new.labourer', 'new.key', 'new.lane', `new.state = 'queued'`)};`;

export const HEADS: string = `
  CREATE TABLE keyed (
    labourer  TEXT NOT NULL,
    key       TEXT NOT NULL,
    lane      INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (labourer, key, lane, due, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE heads (
    labourer  TEXT NOT NULL,
    lane      INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    key       TEXT NOT NULL,
    PRIMARY KEY (labourer, lane, due, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER tasks_moved AFTER UPDATE OF token, fresh, seq, due, priority ON tasks WHEN new.key IS NOT NULL BEGIN ${MOVED} END;
  CREATE TRIGGER tasks_deleted AFTER DELETE ON tasks WHEN old.key IS NOT NULL AND old.state = 'queued' BEGIN ${LEFT} END;`;
