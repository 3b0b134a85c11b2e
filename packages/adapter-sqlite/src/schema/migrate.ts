import { ReeveError } from '@reeve/core';
import type { SqliteClient } from '../connection/client.ts';
import type { Connection } from '../connection/connection.ts';
import type { Statements } from '../connection/statements.ts';
import { APPLICATION_ID, MIGRATIONS, SCHEMA_VERSION } from './migrations.ts';

/**
 * Brings the file to this version's schema.
 * @throws ReeveError SCHEMA_TOO_NEW, STORE_FILE_FOREIGN: nothing was changed
 */
export const migrate = async (connection: Connection, client: SqliteClient, file: string): Promise<void> => {
  // Most starts find nothing to do, and look without taking the write lock.
  if ((await connection.read((statements) => versionOf(statements, file))) === SCHEMA_VERSION) return;
  // Of many processes that start at once one gets the lock and migrates; the others look again after it and find the work done.
  await connection.write((statements) => {
    for (let version = versionOf(statements, file); version < SCHEMA_VERSION; version += 1) client.exec(MIGRATIONS[version]!);
    client.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`); // part of the transaction
  });
};

const versionOf = (statements: Statements, file: string): number => {
  const version = statements.first<{ readonly user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
  const mark = statements.first<{ readonly application_id: number }>('PRAGMA application_id')?.application_id ?? 0;
  if (mark !== APPLICATION_ID && !(mark === 0 && version === 0 && isEmpty(statements))) {
    throw new ReeveError({
      kind: 'config',
      code: 'STORE_FILE_FOREIGN',
      message: `${file}: it is the database of another application; give Reeve a file of its own`,
    });
  }
  if (version > SCHEMA_VERSION) {
    throw new ReeveError({
      kind: 'config',
      code: 'SCHEMA_TOO_NEW',
      message: `${file}: its schema has version ${version}, this @reeve/adapter-sqlite knows ${SCHEMA_VERSION}; install the newer one here as well`,
    });
  }
  return version;
};

const isEmpty = (statements: Statements): boolean => statements.first('SELECT 1 FROM sqlite_master LIMIT 1') === undefined;
