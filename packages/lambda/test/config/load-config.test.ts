/** What sources come to together: their order, and the whole that is checked. */
import { describe, expect, it } from 'vitest';
import { type ConfigSource, fromCode, fromEnv, loadConfig, sourcesInEnv } from '../../src/index.ts';

describe('their order', () => {
  const all = (): readonly ConfigSource[] => {
    const named = (kind: ConfigSource['kind']): ConfigSource => ({
      kind,
      name: kind,
      read: async () => [
        { path: ['maxPayloadBytes'], value: kind, from: kind },
        { path: ['resources', kind], value: 1, from: kind },
      ],
    });
    return (['env', 'ssm', 'appconfig', 'sosw', 'file', 'code'] as const).map(named);
  };

  it('is that of their kinds, whatever the list; or that of the list', async () => {
    const whole = await loadConfig({ sources: all() });
    expect(whole.value).toMatchObject({ maxPayloadBytes: 'env', resources: { code: 1, sosw: 1 } });
    expect(whole.sourceOf(['maxPayloadBytes'])).toBe('env');
    expect((await loadConfig({ sources: all(), order: 'listed' })).value).toMatchObject({ maxPayloadBytes: 'code' });
    const last = async (...kinds: readonly ConfigSource['kind'][]): Promise<unknown> =>
      (await loadConfig({ sources: all().filter(({ kind }) => kinds.includes(kind)) })).value['maxPayloadBytes'];
    expect(await last('code', 'file')).toBe('file');
    expect(await last('file', 'sosw')).toBe('sosw');
    expect(await last('sosw', 'appconfig')).toBe('appconfig');
    expect(await last('appconfig', 'ssm')).toBe('ssm');
  });

  it('the environment says which there are', () => {
    const env = { REEVE_CONFIG_FILE: 'x.json', REEVE_SSM_PATH: '/r', REEVE_APPCONFIG: 'a/b/c', REEVE_SOSW_FUNCTION: 'sosw_orchestrator' };
    expect(sourcesInEnv(env).map(({ kind }) => kind)).toEqual(['file', 'sosw', 'appconfig', 'ssm', 'env']);
    expect(sourcesInEnv({}).map(({ kind }) => kind)).toEqual(['env']);
    expect(() => sourcesInEnv({ REEVE_APPCONFIG: 'a/b' })).toThrow(/give application\/environment\/profile/);
  });
});

describe('checked as a whole', () => {
  it('each problem says where its value came from', async () => {
    const whole = await loadConfig({
      sources: [
        fromCode({
          labourers: { mill: { target: 'mill', maxSimultaneousInvocations: -1 }, 'a "b" c': { target: 1 } },
          store: { clockGuard: -5 },
        }),
        fromEnv({ env: { REEVE_LABOURERS__mill__maxAttempts: 'many', REEVE_LABOURERS__mill__targt: 'x' } }),
      ],
    });
    const text = String(await whole.reeve().catch((error: unknown) => error));
    expect(text).toMatch(/labourers\.mill\.maxSimultaneousInvocations: is -1;.* \(from code\)/);
    expect(text).toMatch(/labourers\.mill\.maxAttempts: is "many";.* \(from the environment \(REEVE_LABOURERS__mill__maxAttempts\)\)/);
    expect(text).toMatch(/labourers\.mill\.targt: is not known here; did you mean target\? \(from the environment/);
    expect(text).toMatch(/labourers\["a \\"b\\" c"\]\.target: .*\(from code\)/);
    expect(text).toMatch(/INVALID_LABOURERS/);
    const parts = await loadConfig({
      sources: [
        fromCode({
          labourers: { a: { target: 'a', maxSimultaneousInvocations: 1 } },
          store: { clockGuard: -5 },
          invoker: { parallelism: 0 },
        }),
      ],
    });
    const other = String(await parts.reeve().catch((error: unknown) => error));
    expect(other).toMatch(/dynamodbStore\.clockGuard: .*\(from code\)/);
    expect(other).toMatch(/lambdaInvoker\.parallelism: .*\(from code\)/);
  });

  it('what is no member of a configuration is refused', async () => {
    const whole = await loadConfig({ sources: [fromCode({ labourer: {}, alarm: 1 })] });
    await expect(whole.parts()).rejects.toThrow(
      /labourer: is not known here; known are labourers,[\s\S]*alarm: is not known[\s\S]*INVALID_CONFIG/,
    );
    const odd = await loadConfig({ sources: [fromCode({ labourers: {}, store: 'native' })] });
    await expect(odd.parts()).rejects.toThrow(/store: is no object.*\(from code\)/);
    const ecology = await loadConfig({ sources: [fromCode({ labourers: {}, ecology: { prometheus: {} } })] });
    await expect(ecology.parts()).rejects.toThrow(/ecology\.prometheus: is not known here/);
  });

  it('CloudWatch is a part where a metric is read from it', async () => {
    const labourers = {
      mill: {
        target: 'arn:aws:lambda:eu-west-1:123456789012:function:mill',
        maxSimultaneousInvocations: 1,
        health: {
          metrics: {
            cpu: {
              source: 'cloudwatch',
              query: { namespace: 'AWS/RDS', metric: 'CPUUtilization', statistic: 'Average', period: 60 },
              levels: { High: '<= 50' },
            },
          },
        },
      },
    };
    const whole = await loadConfig({
      sources: [fromCode({ labourers, store: { region: 'eu-west-1' }, invoker: { region: 'eu-west-1' } })],
    });
    await (await whole.reeve()).close();
    const without = await loadConfig({
      sources: [fromCode({ labourers, ecology: { cloudwatch: false }, store: { region: 'eu-west-1' } })],
    });
    await expect(without.reeve()).rejects.toThrow(/cloudwatch/);
  });
});
