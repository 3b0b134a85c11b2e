import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { canStartDynamoDbLocalJar, dynamoDbServers, startDynamoDb, startDynamoDbLocalJar, startProgram } from '../src/index.ts';
import setup from '../src/vitest-setup.ts';

const listTables = async (url: string): Promise<number> => {
  const headers = {
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/dynamodb/aws4_request, SignedHeaders=host, Signature=00',
    'x-amz-date': '20260101T000000Z',
    'content-type': 'application/x-amz-json-1.0',
  };
  return (await fetch(url, { method: 'POST', headers, body: '{}' })).status;
};
const refused = async (url: string): Promise<boolean> => {
  for (let i = 0; i < 200; i += 1) {
    try {
      await fetch(url, { method: 'POST', body: '{}' });
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 10)); // a process is being torn down by the system: there is no event to wait for
  }
  return false;
};
/** A stand-in for a server: what it does is given as a program text for node. */
const program = (text: string, more: { listening?: RegExp; patience?: number } = {}) => ({
  name: 'stand-in',
  command: process.execPath,
  args: (port: number) => ['-e', text, String(port)],
  answers: async (url: string) =>
    fetch(url).then(
      () => true,
      () => false,
    ),
  patience: 5_000,
  ...more,
});
const SERVE = `require('node:http').createServer((_, r) => r.end('here')).listen(Number(process.argv[1]), '127.0.0.1', () => console.log('listening on'))`;

test('starts, answers, stops, and stops again', async () => {
  const server = await startDynamoDb({ env: {} });
  expect(await listTables(server.url)).toBe(200);
  await server.stop();
  await server.stop();
  expect(await refused(server.url)).toBe(true);
});

test('an address in the environment is taken as it is', async () => {
  const server = await startDynamoDb({ env: { REEVE_TEST_DYNAMODB_URL: 'http://10.0.0.1:8000/' } });
  expect(server).toMatchObject({ url: 'http://10.0.0.1:8000', name: 'REEVE_TEST_DYNAMODB_URL' });
  await server.stop();
});

test('the servers to choose from are those that can be started here; an address in the environment is the only one', async () => {
  const names = async (env: Record<string, string>) => (await dynamoDbServers({ env })).map(({ name }) => name);
  const all = await names({ REEVE_TEST_DYNAMODB: 'all' });
  expect(all.length).toBeGreaterThan(0);
  expect(all.includes('DynamoDB Local')).toBe(await canStartDynamoDbLocalJar());
  expect(await names({})).toEqual(all.slice(0, 1)); // the quickest
  expect(await names({ REEVE_TEST_DYNAMODB_URL: 'http://10.0.0.1:8000' })).toEqual(['REEVE_TEST_DYNAMODB_URL']);
});

test('a run can share one server among its files, and ends it', async () => {
  const teardown = await setup();
  const [one, two] = [await startDynamoDb(), await startDynamoDb()];
  expect(one.url).toBe(two.url);
  await one.stop();
  expect(await listTables(two.url)).toBe(200);
  await teardown();
  expect(await refused(two.url)).toBe(process.env['REEVE_TEST_DYNAMODB_URL'] === undefined);
});

test('a port that another server holds is never mistaken for ours: the next one is tried', async () => {
  const other = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const taken = other.address() as { port: number };
  const ports = [taken.port, taken.port];
  const free = async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as { port: number };
    await new Promise((resolve) => probe.close(resolve));
    return port;
  };
  const server = await startProgram(program(SERVE, { listening: /listening on/ }), async () => ports.pop() ?? (await free()));
  expect(server.url).not.toContain(`:${taken.port}`);
  await server.stop();
  other.close();
});

test('the message of a server that does not start holds what it printed', async () => {
  await expect(startProgram(program(`console.error('no such option: --port'); process.exit(2)`))).rejects.toThrow(
    /stand-in did not start.*no such option/s,
  );
  await expect(startProgram({ ...program(''), command: '/no/such/program' })).rejects.toThrow(/ENOENT/);
  await expect(startProgram(program(`setInterval(() => {}, 1000)`, { patience: 200 }))).rejects.toThrow(/printed nothing/);
});

test.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('a run that ends by %s takes its server along', async (signal) => {
  const server = `require('node:http').createServer((_, r) => r.end()).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`;
  const run = spawn(
    process.execPath,
    [
      '-e',
      `const child = require('node:child_process').spawn(process.execPath, [process.argv[1], process.execPath, '-e', process.argv[2]],
         { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
       child.stdout.pipe(process.stdout);`,
      fileURLToPath(new URL('../guard.mjs', import.meta.url)),
      server,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [port] = (await once(run.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${String(port).trim()}`;
  expect((await fetch(url)).status).toBe(200);
  run.kill(signal);
  await once(run, 'exit');
  expect(await refused(url)).toBe(true);
});

test.runIf(await canStartDynamoDbLocalJar())('DynamoDB Local, where Java is', async () => {
  const server = await startDynamoDbLocalJar();
  expect(await listTables(server.url)).toBe(200);
  await server.stop();
  expect(await refused(server.url)).toBe(true);
});
