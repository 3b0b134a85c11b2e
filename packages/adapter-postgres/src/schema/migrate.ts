import { ReeveError } from '@reeve/core';
import type { Database, Session } from '../connection/database.ts';
import { isTakenBack } from '../connection/faults.ts';
import { functions, MIGRATIONS, metaTable, SCHEMA_VERSION } from './migrations.ts';
import type { SchemaName } from './names.ts';

/** One number for all schemas of a database: steps are short, and seldom. */
const LOCK = `SELECT pg_advisory_xact_lock(hashtextextended('reeve.migrate', 0))`;

/** Each time it costs a second until the server finds that two wait for each other. */
const TRIES = 20;

/** Whether the schema is there, whether anything is in it, and whether that is ours. */
const LOOK = `
  SELECT n.oid IS NOT NULL AS there,
         EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid) AS filled,
         EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'meta') AS marked
  FROM (SELECT 1) one LEFT JOIN pg_namespace n ON n.nspname = $1`;

const versionQuery = ({ quoted }: SchemaName): string => `SELECT version FROM ${quoted}.meta WHERE product = 'reeve'`;

/**
 * Brings the schema to this version.
 * @throws ReeveError SCHEMA_TOO_NEW, SCHEMA_FOREIGN, SCHEMA_MISSING (with `verify`): nothing was changed
 */
export const migrate = async (database: Database, schema: SchemaName, atStart: 'migrate' | 'verify'): Promise<void> => {
  // Most starts find nothing to do, and look without the lock.
  const version = await versionOf(database, schema);
  if (version === SCHEMA_VERSION) return;
  if (atStart === 'verify') throw missing(schema, version);
  for (let tries = 1; ; tries += 1) {
    try {
      await database.transaction((session) => migrateIn(session, schema));
      return;
    } catch (error) {
      // A step waits for processes of the version before, table by table, and some of them for it. The server lets one side go on.
      if (!isTakenBack(ReeveError.is(error) ? error.cause : error) || tries === TRIES) throw error;
    }
  }
};

/** Of many that start at once one gets the lock and migrates; the others look again after it and find the work done. */
const migrateIn = async (session: Session, schema: SchemaName): Promise<void> => {
  await session.query(LOCK);
  const from = await versionOf(session, schema);
  if (from === SCHEMA_VERSION) return;
  for (const statements of stepsFrom(from, schema)) await session.query(statements);
};

/** What brings a schema of this version up to date. No version: it is not there. */
const stepsFrom = (version: number | 'absent' | 'empty', schema: SchemaName): readonly string[] => [
  // Where the schema was made for us, the right to make one is not needed.
  ...(version === 'absent' ? [`CREATE SCHEMA ${schema.quoted}`] : []),
  ...(typeof version === 'string' ? [metaTable(schema)] : []),
  ...MIGRATIONS.slice(typeof version === 'number' ? version : 0).map((step) => step(schema)),
  functions(schema),
  `UPDATE ${schema.quoted}.meta SET version = ${SCHEMA_VERSION} WHERE product = 'reeve'`,
];

/** All that `atStart: 'migrate'` would run on a database without the schema, for whoever runs it by hand. */
export const schemaSql = (schema: SchemaName): string =>
  ['BEGIN', ...stepsFrom('absent', schema), 'COMMIT'].map((each) => `${each};\n`).join('');

const versionOf = async (on: Session, schema: SchemaName): Promise<number | 'absent' | 'empty'> => {
  const [found] = await on.query<{ readonly there: boolean; readonly filled: boolean; readonly marked: boolean }>(LOOK, [schema.name]);
  if (!found?.there) return 'absent';
  if (!found.filled) return 'empty';
  // A table of this name that is another's has no such columns: that is told as foreign as well.
  const rows = found.marked ? await on.query<{ readonly version: number }>(versionQuery(schema)).catch(foreignIfOther(schema)) : [];
  const version = rows[0]?.version;
  if (version === undefined) throw foreign(schema);
  if (version <= SCHEMA_VERSION) return version;
  throw new ReeveError({
    kind: 'config',
    code: 'SCHEMA_TOO_NEW',
    message: `schema ${schema.name}: it has version ${version}, this @reeve/adapter-postgres knows ${SCHEMA_VERSION}; install the newer one here as well`,
  });
};

const foreignIfOther =
  (schema: SchemaName) =>
  (error: unknown): never => {
    throw ReeveError.is(error, 'SCHEMA_MISSING') ? foreign(schema) : error;
  };

const foreign = (schema: SchemaName): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'SCHEMA_FOREIGN',
    message: `schema ${schema.name}: it has tables, and they are not Reeve's; give the store a schema of its own with the option "schema"`,
  });

const missing = (schema: SchemaName, version: number | string): ReeveError =>
  new ReeveError({
    kind: 'config',
    code: 'SCHEMA_MISSING',
    message: `schema ${schema.name}: ${typeof version === 'number' ? `it has version ${version}, and ${SCHEMA_VERSION} is needed` : 'it is not there'}; start once with atStart "migrate", as a user who may make it`,
  });
