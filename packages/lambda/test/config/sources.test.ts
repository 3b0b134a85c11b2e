/** The sources, by the real SDKs, against servers that speak as the services do. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppConfigData } from '@aws-sdk/client-appconfigdata';
import { SSM } from '@aws-sdk/client-ssm';
import { TEST_CREDENTIALS } from '@reeve/test-servers';
import { ManualClock } from '@reeve/testkit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type AppConfigClient, type ConfigSource, fromAppConfig, fromEnv, fromFile, fromSsm, loadConfig } from '../../src/index.ts';
import { nobody, type Said, serve } from '../support/server.ts';

const loaded = async (...sources: readonly ConfigSource[]): Promise<unknown> => (await loadConfig({ sources })).value;

describe('the environment', () => {
  it('has the whole, members of it and single values, the narrower over the wider', async () => {
    const env = {
      REEVE_CONFIG: '{"labourers": {"mill": {"target": "a", "maxSimultaneousInvocations": 1}}, "maxPayloadBytes": 1}',
      REEVE_LABOURERS: '{"mill": {"target": "b"}}',
      REEVE_LABOURERS__mill__maxSimultaneousInvocations: '10',
      REEVE_MAX_PAYLOAD_BYTES: '2000',
      REEVE_STORE__layout: 'native',
      REEVE_STORE__nativeTable: '"123456789012"',
      REEVE_LAMBDA__RUN_FOR: '30000',
      REEVE_INVOKER__region: 'null',
      REEVE_TEST_SOMETHING: '{ no json',
      REEVE_REPORT_URL: 'https://x',
      OTHER: '1',
    };
    expect(await loaded(fromEnv({ env }))).toEqual({
      labourers: { mill: { target: 'b', maxSimultaneousInvocations: 10 } },
      maxPayloadBytes: 2000,
      store: { layout: 'native', nativeTable: '123456789012' },
      lambda: { runFor: 30_000 },
      invoker: {},
    });
    expect(await loaded(fromEnv({ prefix: 'APP_', env: { APP_LABOURERS__a__target: 't' } }))).toEqual({
      labourers: { a: { target: 't' } },
    });
  });

  it('numbers that would lose digits stay texts', async () => {
    const env = { REEVE_LABOURERS__a__target: '12345678901234567890', REEVE_LABOURERS__b__target: '007', REEVE_LABOURERS__c__x: '-1.5' };
    expect(await loaded(fromEnv({ env }))).toEqual({
      labourers: { a: { target: '12345678901234567890' }, b: { target: '007' }, c: { x: -1.5 } },
    });
  });

  it('what is no JSON is refused by the name of its variable, without its content', async () => {
    const load = loadConfig({ sources: [fromEnv({ env: { REEVE_LABOURERS: '{"the-secret": ' } })] });
    await expect(load).rejects.toThrow(/the environment \(REEVE_LABOURERS\) is a text of 14 characters that is not JSON.*INVALID_CONFIG/);
    await expect(load).rejects.not.toThrow(/the-secret/);
  });
});

describe('a file', () => {
  it('is JSON, and one that is not there or none is said to be so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'reeve-config-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'a.json'), '{"labourers": {}}');
    await writeFile(join(folder, 'b.json'), '{"the-secret": ');
    expect(await loaded(fromFile(join(folder, 'a.json')))).toEqual({ labourers: {} });
    await expect(loaded(fromFile(join(folder, 'b.json')))).rejects.toThrow(/b\.json is a text of 15 characters that is not JSON/);
    await expect(loaded(fromFile(join(folder, 'c.json')))).rejects.toThrow(/c\.json could not be read/);
  });
});

describe('SSM Parameter Store', () => {
  interface Parameter {
    readonly Name: string;
    readonly Value: string;
    readonly Type: string;
  }
  const ssm = async (parameters: readonly Parameter[], fault?: () => Said | undefined): Promise<{ client: SSM; asked: unknown[] }> => {
    const asked: unknown[] = [];
    const { url } = await serve(({ headers, body }) => {
      if (headers['x-amz-target'] !== 'AmazonSSM.GetParametersByPath')
        return { status: 400, body: '{"__type":"UnknownOperationException"}' };
      const failed = fault?.();
      if (failed) return failed;
      const input = JSON.parse(body) as { Path: string; MaxResults: number; NextToken?: string; WithDecryption: boolean };
      asked.push(input);
      const from = Number(input.NextToken ?? 0);
      const below = parameters.filter(({ Name }) => Name.startsWith(`${input.Path}/`));
      const page = below.slice(from, from + input.MaxResults);
      const next = from + input.MaxResults;
      const answer = { Parameters: page, ...(next < below.length && { NextToken: String(next) }) };
      return { headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(answer) };
    });
    const client = new SSM({ endpoint: url, ...TEST_CREDENTIALS, maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    return { client, asked };
  };

  it('parameters below a path, page by page, decrypted', async () => {
    const { client, asked } = await ssm([
      { Name: '/reeve/p/labourers/mill/target', Value: 'arn', Type: 'String' },
      { Name: '/reeve/p/config', Value: '{"labourers": {"mill": {"target": "x", "maxSimultaneousInvocations": 2}}}', Type: 'String' },
      { Name: '/reeve/p/labourers/mill/maxSimultaneousInvocations', Value: '7', Type: 'SecureString' },
      { Name: '/reeve/p/list', Value: 'a,b', Type: 'StringList' },
      ...Array.from({ length: 21 }, (_, n) => ({ Name: `/reeve/p/resources/r${n}`, Value: String(n), Type: 'String' })),
      { Name: '/reeve/other/labourers', Value: '{}', Type: 'String' },
    ]);
    expect(await loaded(fromSsm({ path: '/reeve/p/', client }))).toMatchObject({
      labourers: { mill: { target: 'arn', maxSimultaneousInvocations: 7 } },
      list: ['a', 'b'],
      resources: { r0: 0, r20: 20 },
    });
    expect(asked).toHaveLength(3);
    expect(asked[0]).toMatchObject({ Path: '/reeve/p', Recursive: true, WithDecryption: true });
  });

  it('a secret value that will not do is told without it', async () => {
    const { client } = await ssm([
      { Name: '/r/labourers/mill/target', Value: 'the-secret', Type: 'SecureString' },
      { Name: '/r/labourers/mill/maxAttempts', Value: 'the-secret', Type: 'SecureString' },
      { Name: '/r/labourers/mill/maxSimultaneousInvocations', Value: 'plain', Type: 'String' },
    ]);
    const whole = await loadConfig({ sources: [fromSsm({ path: '/r', client })] });
    const failed = await whole.reeve().catch((error: unknown) => error);
    expect(String(failed)).toMatch(
      /maxAttempts: its value, which is secret, cannot be used \(from SSM \/r\/labourers\/mill\/maxAttempts\)/,
    );
    expect(String(failed)).toMatch(
      /maxSimultaneousInvocations: is "plain"; give .*\(from SSM \/r\/labourers\/mill\/maxSimultaneousInvocations\)/,
    );
    expect(String(failed)).not.toContain('the-secret');
    const { client: other } = await ssm([{ Name: '/r/labourers', Value: '{the-secret', Type: 'SecureString' }]);
    await expect(loaded(fromSsm({ path: '/r', client: other }))).rejects.toThrow(
      /^SSM \/r\/labourers is a text of 11 characters that is not JSON/,
    );
  });

  it('a service that refuses is an error', async () => {
    const denied = {
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: '{"__type":"AccessDeniedException","message":"no"}',
    };
    const { client } = await ssm([], () => denied);
    await expect(loaded(fromSsm({ path: '/r', client }))).rejects.toThrow('no');
    await expect(loaded(fromSsm({ path: 'r', client }))).rejects.toThrow(/INVALID_CONFIG/);
  });
});

describe('AppConfig', () => {
  const config = (text: string): Said => ({ headers: { 'content-type': 'application/json' }, body: text });
  const names = { application: 'app', environment: 'prod', profile: 'reeve' };

  /** One that gives each token once, and says nothing of what has not changed. */
  const service = async (current: () => string): Promise<{ client: AppConfigData; asked: string[]; expire: () => void }> => {
    const asked: string[] = [];
    let [token, told, sessions] = [0, '', 0];
    const { url } = await serve(({ method, path, query, body }) => {
      if (method === 'POST' && path === '/configurationsessions') {
        expect(JSON.parse(body)).toEqual({
          ApplicationIdentifier: 'app',
          EnvironmentIdentifier: 'prod',
          ConfigurationProfileIdentifier: 'reeve',
        });
        asked.push('session');
        sessions += 1;
        told = '';
        token = sessions * 1_000;
        return {
          status: 201,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ InitialConfigurationToken: `t${token}` }),
        };
      }
      asked.push('latest');
      if (query.get('configuration_token') !== `t${token}`)
        return { status: 400, headers: { 'x-amzn-errortype': 'BadRequestException' }, body: '{"message":"no such token"}' };
      token += 1;
      const isNew = current() !== told;
      told = current();
      const headers = {
        'next-poll-configuration-token': `t${token}`,
        'next-poll-interval-in-seconds': '60',
        'content-type': 'application/json',
      };
      return { headers, body: isNew ? told : '' };
    });
    const client = new AppConfigData({ endpoint: url, ...TEST_CREDENTIALS, maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    return {
      client,
      asked,
      expire: () => {
        token = 1_000_000;
      },
    };
  };

  it('by a session, which goes on from reading to reading', async () => {
    const clock = new ManualClock();
    let now = '{"maxPayloadBytes": 1}';
    const { client, asked, expire } = await service(() => now);
    const source = fromAppConfig({ ...names, client, clock });
    expect(await loaded(source)).toEqual({ maxPayloadBytes: 1 });
    now = '{"maxPayloadBytes": 2}';
    // Before the interval is over it may not be asked.
    expect(await loaded(source)).toEqual({ maxPayloadBytes: 1 });
    clock.set(clock.now() + 60_000);
    expect(await loaded(source)).toEqual({ maxPayloadBytes: 2 });
    clock.set(clock.now() + 60_000);
    expect(await loaded(source)).toEqual({ maxPayloadBytes: 2 });
    expect(asked).toEqual(['session', 'latest', 'latest', 'latest']);
    // After a day, or when an answer was lost.
    expire();
    clock.set(clock.now() + 60_000);
    expect(await loaded(source)).toEqual({ maxPayloadBytes: 2 });
    expect(asked.slice(4)).toEqual(['latest', 'session', 'latest']);
  });

  it('no bytes mean that nothing has changed, as well as none at all', async () => {
    const clock = new ManualClock();
    const bytes = [Buffer.from('{"maxPayloadBytes": 1}'), new Uint8Array(), undefined];
    const client: AppConfigClient = {
      startConfigurationSession: async () => ({ InitialConfigurationToken: 't' }),
      getLatestConfiguration: async () => ({
        NextPollConfigurationToken: 't',
        NextPollIntervalInSeconds: 15,
        Configuration: bytes.shift(),
      }),
    };
    const source = fromAppConfig({ ...names, client, clock });
    for (let n = 0; n < 3; n += 1) {
      expect(await loaded(source)).toEqual({ maxPayloadBytes: 1 });
      clock.set(clock.now() + 15_000);
    }
    expect(bytes).toEqual([]);
  });

  it('by the agent, where it is there', async () => {
    const { url, asked } = await serve(() => config('{"maxPayloadBytes": 3}'));
    expect(await loaded(fromAppConfig({ ...names, agent: url }))).toEqual({ maxPayloadBytes: 3 });
    expect(asked[0]?.path).toBe('/applications/app/environments/prod/configurations/reeve');
  });

  it('an agent that fails is an error, and none is not', async () => {
    const { url } = await serve(() => ({ status: 404 }));
    await expect(loaded(fromAppConfig({ ...names, agent: url }))).rejects.toThrow(/answered 404.*INVALID_CONFIG/);
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
    const session = await serve(({ method }) =>
      method === 'POST' ? { status: 201, body: '{"InitialConfigurationToken": "t"}' } : config('{"maxPayloadBytes": 4}'),
    );
    vi.stubEnv('AWS_ENDPOINT_URL_APPCONFIGDATA', session.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    // Nobody listens there, so the SDK that is found at run time is asked.
    expect(await loaded(fromAppConfig({ ...names, agent: await nobody() }))).toEqual({ maxPayloadBytes: 4 });
  });

  it('without a configuration is said to be so', async () => {
    const { client } = await service(() => '');
    await expect(loaded(fromAppConfig({ ...names, client }))).rejects.toThrow(/AppConfig app\/prod\/reeve has no configuration/);
  });
});
