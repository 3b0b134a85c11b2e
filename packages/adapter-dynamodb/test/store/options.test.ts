import { createReeve, inProcessInvoker, memoryStore, type ReeveError } from '@reeve/core';
import { afterEach, expect, it, vi } from 'vitest';
import { DynamoDbTaskStore, defaultTables, dynamodbStore } from '../../src/index.ts';
import type { DynamoDbStoreOptions } from '../../src/options.ts';
import { testDynamoDb } from '../tables/server.ts';

const db = testDynamoDb();
const labourers = { mill: { target: 'mill', maxSimultaneousInvocations: 2 } };
const invoker = inProcessInvoker({ handlers: { mill: () => {} } });

afterEach(() => {
  vi.unstubAllEnvs();
});

const faultOf = (make: () => unknown): ReeveError => {
  try {
    make();
  } catch (error) {
    return error as ReeveError;
  }
  throw new Error('it was taken');
};

it('lists all that is wrong with the options, each with its name and what to do', () => {
  const options = {
    client: db.client,
    region: 'eu-west-1',
    endpoint: 'here',
    tables: { tasks: 7 },
    atStart: 'maybe',
    keepEnded: -1,
    keepClosed: 1.5,
    clockGuard: Number.NaN,
    lookForSosw: Number.NaN,
    tabels: {},
  } as unknown as DynamoDbStoreOptions;
  const fault = faultOf(() => new DynamoDbTaskStore(options));
  expect(fault).toMatchObject({ kind: 'config', code: 'INVALID_DYNAMODB_STORE' });
  const paths = [...fault.message.matchAll(/dynamodbStore\.(\w+)/g)].map(([, name]) => name);
  expect(new Set(paths)).toEqual(
    new Set(['region', 'endpoint', 'tables', 'atStart', 'keepEnded', 'keepClosed', 'clockGuard', 'lookForSosw', 'tabels']),
  );
});

it.each<readonly [string, unknown]>([
  ['client', {}],
  ['client', null],
  ['client', 'arn:aws:dynamodb'],
  ['endpoint', 8000],
  ['tables', null],
  ['keepEnded', '7 days'],
  ['lookForSosw', 'never'],
])('refuses %s: %j', (name, value) => {
  const fault = faultOf(() => new DynamoDbTaskStore({ [name]: value } as DynamoDbStoreOptions));
  expect(fault).toMatchObject({
    kind: 'config',
    code: 'INVALID_DYNAMODB_STORE',
    message: expect.stringContaining(`dynamodbStore.${name}`),
  });
});

it('says so when the composition is built, and not at the first tick', () => {
  const use = [dynamodbStore({ endpoint: 'here' }), invoker];
  expect(() => createReeve({ labourers, use })).toThrow(/dynamodbStore\.endpoint/);
});

it('is refused beside another store', () => {
  const use = [dynamodbStore({ client: db.client }), memoryStore(), invoker];
  expect(() => createReeve({ labourers, use })).toThrow(/TaskStore.*2 parts/);
});

it('says what it is', () => {
  const { capabilities } = new DynamoDbTaskStore({ client: db.client, clockGuard: 250 });
  expect(capabilities).toEqual({ name: 'dynamodb', clock: 'process', survives: 'machine', maxPayloadBytes: 384 * 1024, clockGuard: 250 });
});

it('needs neither region nor credentials to be built', () => {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])
    vi.stubEnv(name, undefined);
  const use = [dynamodbStore({ tables: defaultTables() }), invoker];
  expect(() => createReeve({ labourers, use })).not.toThrow();
});
