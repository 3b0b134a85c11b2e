import { type FaultKind, ReeveError } from '@reeve/core';

interface Fault {
  readonly kind: FaultKind;
  readonly code: string;
  readonly problem: string;
}

const unreachable = (problem: string): Fault => ({ kind: 'unavailable', code: 'STORE_UNREACHABLE', problem });
const busy = (problem: string): Fault => ({ kind: 'unavailable', code: 'STORE_BUSY', problem });
const denied = (problem: string): Fault => ({ kind: 'config', code: 'STORE_DENIED', problem });

const GRANT = 'grant this user the rights that the README names, or connect as the owner of the schema';
const MIGRATE = 'start once with atStart "migrate", or give the name of the schema that is there';

/** By SQLSTATE, whole or its class: https://www.postgresql.org/docs/current/errcodes-appendix.html */
const FAULTS: Readonly<Record<string, Fault>> = {
  '08': unreachable('the connection broke; look at the network, and try again'),
  '57P': unreachable('the server is shutting down or starting, or an administrator ended the connection; try again'),
  '28': denied('the user or the password is wrong, or pg_hba.conf does not let this user in from here; mend the connection settings'),
  '42501': denied(`a right is missing; ${GRANT}`),
  '3D000': denied('there is no such database; create it, or mend the name in the connection settings'),
  '25006': {
    kind: 'config',
    code: 'STORE_READ_ONLY',
    problem: 'it cannot be written: a standby, or default_transaction_read_only; connect to the primary',
  },
  '25000': { kind: 'config', code: 'STORE_REFUSED', problem: 'the transaction is of a kind that does not suit' },
  '53300': busy('it has no connection left; lower maxConnections, or raise max_connections there'),
  '53': { kind: 'unavailable', code: 'STORE_FULL', problem: 'it is out of room, disk or memory; make room' },
  '57014': busy('the statement was cancelled or ran into statement_timeout; look for what holds it up, or raise the timeout'),
  '55P03': busy('a lock was not to be had in time; look for a session that holds one'),
  '40': busy('it took the transaction back because of others, again and again; try again'),
  '42P01': { kind: 'config', code: 'SCHEMA_MISSING', problem: `a table is missing; ${MIGRATE}` },
  '42703': { kind: 'config', code: 'SCHEMA_MISSING', problem: `a column is missing; ${MIGRATE}` },
  '42883': { kind: 'config', code: 'SCHEMA_MISSING', problem: `a function is missing; ${MIGRATE}` },
  '3F000': { kind: 'config', code: 'SCHEMA_MISSING', problem: `the schema is missing; ${MIGRATE}` },
  '22': { kind: 'input', code: 'STORE_REFUSED', problem: 'a value does not fit its column' },
  '54': { kind: 'input', code: 'STORE_REFUSED', problem: 'a value is too large' },
};

const UNKNOWN: Fault = { kind: 'unavailable', code: 'STORE_FAILED', problem: 'it could not do what was asked' };

/** What Node and the client say when no answer comes from the other end. */
const NO_ANSWER =
  /^(ECONN\w+|ENOTFOUND|EAI_\w+|EHOST\w+|ENET\w+|EPIPE|ETIMEDOUT|ERR_TLS\w*|ERR_SSL\w*|CERT_\w+|DEPTH_ZERO\w*|UNABLE_TO_\w+|SELF_SIGNED\w*)$/;
const NO_ANSWER_TEXT =
  /connection terminated|timeout|client has encountered a connection error|not queryable|client was closed|does not support SSL/i;
const NO_PASSWORD = /SASL|password must be/i;
const POOL_ENDED = /after calling end on the pool/i;

const said = (error: Error): string =>
  (error.message || (error instanceof AggregateError ? String(error.errors[0]) : error.name)).slice(0, 300);

const sqlStateOf = (error: unknown): string | undefined => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object) ? code : undefined;
};

const faultOf = (error: Error): Fault => {
  const state = sqlStateOf(error);
  if (state !== undefined) return FAULTS[state] ?? FAULTS[state.slice(0, 3)] ?? FAULTS[state.slice(0, 2)] ?? UNKNOWN;
  const { code } = error as { readonly code?: unknown };
  if (POOL_ENDED.test(error.message)) return { kind: 'input', code: 'STORE_NOT_OPEN', problem: 'its pool was ended' };
  if ((typeof code === 'string' && NO_ANSWER.test(code)) || error instanceof AggregateError)
    return unreachable('it did not answer; look at host and port, at the network, and whether the server runs');
  if (NO_PASSWORD.test(error.message)) return denied('it asks for a password; give one in the connection settings');
  return NO_ANSWER_TEXT.test(error.message) ? unreachable('the connection broke or could not be made in time; try again') : UNKNOWN;
};

/** The fault to throw for what a client threw. */
export const storeFault = (error: unknown): ReeveError => {
  if (ReeveError.is(error)) return error;
  const cause = error instanceof Error ? error : new Error(typeof error);
  const { kind, code, problem } = faultOf(cause);
  return new ReeveError({ kind, code, message: `Postgres: ${problem} (${sqlStateOf(error) ?? 'it said'}: ${said(cause)})`, cause: error });
};

/** The server took the whole statement back, because of others: asked again, it may well go through. */
export const isTakenBack = (error: unknown): boolean => ['40P01', '40001'].includes(sqlStateOf(error) ?? '');

/** A prepared statement is not there, or is there already: another connection of the server than the one before answers. */
export const isLostName = (error: unknown): boolean => ['26000', '42P05'].includes(sqlStateOf(error) ?? '');
