import { readFileSync } from 'node:fs';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from 'vitest';
import { doctor } from '../src/doctor.ts';
import type { DoctorOptions } from '../src/options.ts';
import { printReport } from '../src/report/print-report.ts';
import type { DoctorReport } from '../src/report/report.ts';
import { type Installation, install, queuedRow, tableSettings, testServer } from './fixtures/installation.ts';
import { type LambdaStub, type StubFunction, startLambdaStub } from './fixtures/lambda-stub.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const SECONDS = NOW / 1_000;
const DELTA = 31_557_600;
const arn = (name: string): string => `arn:aws:lambda:eu-west-1:000000000000:function:${name}`;

const db = testServer();
const open: LambdaStub[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const lambdaOf = async (functions: Readonly<Record<string, StubFunction>>): Promise<LambdaStub> => {
  const stub = await startLambdaStub(functions);
  open.push(stub);
  return stub;
};

const labourers = { mill: { arn: arn('mill'), max_simultaneous_invocations: 3 } };
const configured = async (it: Installation, more: object = {}): Promise<Installation> => {
  await it.configure('sosw_orchestrator_config', { task_config: { ...tableSettings(it.tables), labourers, ...more } });
  return it;
};
const ask = (it: Installation, more: Partial<DoctorOptions> = {}): Promise<DoctorReport> =>
  doctor({ client: it.client, config: { table: it.config }, now: NOW, ...more });
const coded = ({ findings }: DoctorReport, code: string) => findings.filter((each) => each.code === code);
const codes = ({ findings }: DoctorReport, ...levels: readonly string[]): readonly string[] =>
  findings.filter(({ level }) => levels.includes(level)).map(({ code }) => code);

describe('an installation that is in order', () => {
  test('has nothing to warn of, and is told so', async () => {
    const it = await configured(await install(db));
    await it.put(it.tables.tasks, queuedRow('a', 'mill', SECONDS - 60));
    const { client, asked } = await lambdaOf({ mill: { timeout: 900, retries: 0 } });
    const report = await ask(it, { lambda: client });
    expect(codes(report, 'note', 'warning', 'error')).toEqual([]);
    expect(report.labourers).toMatchObject([{ labourer: 'mill', queued: { rows: 1, atLeast: false } }]);
    expect(report.firstRounds).toEqual([
      { labourer: 'mill', cap: 3, running: 0, due: 1, starts: 1, retries: 0, buries: 0, archives: 0, setsAside: 0, atLeast: false },
    ]);
    expect(asked).toHaveLength(2);
    expect(report.cost.requests).toBeLessThanOrEqual(8 + 1 + 10 + 1 + 2);
  });

  test('is left as it is: whatever is asked, only reading actions are sent', async () => {
    const it = await configured(await install(db));
    const sent: string[] = [];
    const add =
      (next: (args: never) => Promise<never>, { commandName = '' }: { readonly commandName?: string }) =>
      (args: never) => {
        sent.push(commandName);
        return next(args);
      };
    it.client.middlewareStack.add(add as never, { step: 'initialize', name: 'watch' });
    await ask(it).finally(() => it.client.middlewareStack.remove('watch'));
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const policy = JSON.parse(/```json\n([^`]+)```/.exec(readme)?.[1] ?? '') as { Statement: { Action: string[] }[] };
    const allowed = policy.Statement.flatMap(({ Action }) => Action).filter((each) => each.startsWith('dynamodb:'));
    expect([...new Set(sent)].map((each) => `dynamodb:${each.replace('Command', '')}`).sort()).toEqual(allowed.sort());
  });
});

describe('settings', () => {
  test('of all rows, in the order in which sosw merges them; code wins', async () => {
    const it = await install(db);
    await it.configure('sosw_essential_config', {
      task_config: { ...tableSettings(it.tables), max_attempts: 5, labourers: { mill: { arn: arn('old') } } },
    });
    await it.configure('sosw_orchestrator_config', {
      task_config: { labourers: { mill: { arn: arn('mill'), max_simultaneous_invocations: 4 } } },
    });
    const report = await ask(it, { settings: { task_config: { labourers: { mill: { max_simultaneous_invocations: 7 } } } } });
    expect(report.firstRounds).toMatchObject([{ labourer: 'mill', cap: 7 }]);
    expect(report.settings.map(({ setting, fate }) => `${fate} ${setting}`)).toContain(
      'kept sosw_essential_config: task_config.labourers.mill.arn',
    );
    expect(JSON.stringify(report.settings)).not.toContain('arn:aws');
  });

  test('that nobody knows, that move, and that stand where they do not count', async () => {
    const it = await install(db);
    const press = { press: { arn: arn('press'), max_simultaneous_invocations: 5 } };
    await it.configure('sosw_essential_config', { invocation_number_coefficient: { 2: 0.1 }, labourers: press, task_config: {} });
    await it.configure('sosw_orchestrator_config', { labourers, task_config: tableSettings(it.tables), frobnicate: { deep: 1 } });
    await it.configure('sosw_scheduler_config', { queue_bucket: 'b', job_schema: { chunkable_attrs: [] } });
    await it.configure('resize_config', { secret: 'not to be read' });
    const report = await ask(it);
    expect(coded(report, 'SETTING_UNKNOWN')).toMatchObject([{ where: 'sosw_orchestrator_config: frobnicate' }]);
    // The TaskManager reads the row of its function as a whole; of all others it is handed task_config.
    expect(coded(report, 'BESIDE_TASK_CONFIG')).toMatchObject([
      { where: 'sosw_essential_config', what: 'labourers stand beside task_config, where sosw does not look, and Reeve does' },
    ]);
    expect(coded(report, 'SETTING_OVERRULED')).toMatchObject([{ where: 'sosw_essential_config: invocation_number_coefficient' }]);
    expect(report.settings).toContainEqual(expect.objectContaining({ setting: 'sosw_scheduler_config: queue_bucket', fate: 'dropped' }));
    expect(report.firstRounds).toMatchObject([
      { labourer: 'press', cap: 5 },
      { labourer: 'mill', cap: 3 },
    ]);
    expect(coded(report, 'CAP_DIFFERS')).toEqual([]);
    expect(JSON.stringify(report)).not.toMatch(/secret|not to be read/);
  });

  test('that are no JSON, or not there at all', async () => {
    const it = await install(db);
    expect(codes(await ask(it), 'warning')).toEqual(expect.arrayContaining(['CONFIG_NOT_FOUND', 'NO_LABOURERS']));
    await it.configure('sosw_orchestrator_config', '{"task_config": ');
    expect(coded(await ask(it), 'CONFIG_NOT_JSON')).toMatchObject([{ level: 'error', where: 'sosw_orchestrator_config' }]);
    expect(coded(await ask(it, { config: { table: 'nowhere' } }), 'CONFIG_NOT_FOUND')).toMatchObject([{ where: 'nowhere' }]);
    expect(codes(await ask(it, { config: false, settings: 'x' }), 'error')).toContain('CONFIG_NOT_JSON');
  });

  test('of labourers: one that cannot be defined stops no other', async () => {
    const it = await configured(await install(db), {
      labourers: { ...labourers, 'a b': { arn: arn('x') }, bad: { arn: arn('bad'), max_simultaneous_invocations: 'ten' } },
    });
    const report = await ask(it);
    expect(coded(report, 'LABOURER_INVALID').map(({ where }) => where)).toEqual(['a b', 'bad']);
    expect(report.labourers.map(({ labourer }) => labourer)).toEqual(['mill']);
    expect(coded(report, 'LABOURER')).toMatchObject([
      { where: 'mill', what: 'at most 3 at once (Good 2, Moderate 1, Poor 0, Bad 0), 3 attempts, a lease of 1200 s' },
    ]);
    expect(coded(report, 'NO_TASKS')).toMatchObject([{ where: 'mill', level: 'note' }]);
  });

  test('of caps that sosw does not see, or has from somewhere else', async () => {
    const it = await install(db);
    const all = Object.fromEntries(['mill', 'press'].map((name) => [name, { arn: arn(name) }]));
    await it.configure('sosw_essential_config', { max_simultaneous_invocations: 5, default_simultaneous_invocations: 2 });
    const own = { ...tableSettings(it.tables), labourers: { ...all, still: { arn: arn('still'), max_simultaneous_invocations: 4 } } };
    await it.configure('sosw_orchestrator_config', { task_config: own });
    const capsOf = (report: DoctorReport) => report.firstRounds.map(({ labourer, cap }) => [labourer, cap]);
    const report = await ask(it);
    expect(coded(report, 'CAP_DIFFERS')).toMatchObject(
      ['mill', 'press'].map((where) => ({ where, level: 'warning', what: expect.stringContaining('sosw runs 1 at once and Reeve 5') })),
    );
    expect(capsOf(report)).toEqual(Object.entries({ mill: 5, press: 5, still: 4 }));
    await it.configure('sosw_essential_config', { default_simultaneous_invocations: 2 });
    await it.configure('sosw_orchestrator_config', { max_simultaneous_invocations: 7, task_config: own });
    const mended = await ask(it);
    expect(coded(mended, 'CAP_DIFFERS')).toEqual([]);
    expect(capsOf(mended)).toEqual(Object.entries({ mill: 7, press: 7, still: 4 }));
    // What code gives may be the TaskManager's own.
    const given = await ask(it, { config: false, settings: { ...tableSettings(it.tables), labourers: all } });
    expect(capsOf(given)).toEqual(Object.entries({ mill: 1, press: 1 }));
    expect(coded(given, 'BESIDE_TASK_CONFIG')).toEqual([]);
  });

  test('of caps, health and leases that come to something else', async () => {
    const metric = {
      details: { Namespace: 'AWS/RDS', Name: 'CPUUtilization' },
      feelings: { 3: 50, 4: 25 },
      feeling_comparison_operator: '<=',
    };
    const it = await configured(await install(db), {
      labourers: {
        mill: { arn: arn('mill') },
        press: { arn: arn('press'), max_simultaneous_invocations: 1, duration: 3_600, health_metrics: { cpu: metric } },
        still: { arn: arn('still'), max_simultaneous_invocations: 9, health_metrics: { cpu: { ...metric, feelings: { 3: 25, 4: 50 } } } },
      },
    });
    const report = await ask(it);
    expect(coded(report, 'CAP_DIFFERS')).toEqual([]);
    expect(coded(report, 'CAP_AT_LEAST_ONE').map(({ where }) => where)).toEqual(['mill', 'press']);
    expect(coded(report, 'HEALTH_METRICS')).toMatchObject([{ where: 'press', level: 'note' }]);
    expect(coded(report, 'LABOURER_INVALID')).toMatchObject([{ where: 'still', what: expect.stringContaining('feelings') }]);
    expect(report.labourers.map(({ labourer }) => labourer)).toEqual(['mill', 'press', 'still']); // its rows are looked at all the same
    expect(coded(report, 'LEASE_DIFFERS')).toMatchObject([{ where: 'press', what: expect.stringContaining('3900 s') }]);
  });
});

describe('tables', () => {
  test('that are not there, with what is wrong with each', async () => {
    const it = await configured(await install(db));
    await it.client.send(new DeleteTableCommand({ TableName: it.tables.retry }));
    const report = await ask(it);
    expect(coded(report, 'TABLES_MISMATCH')).toMatchObject([{ level: 'error', where: it.tables.retry, what: 'there is no such table' }]);
    expect(codes(report, 'error')).toContain('NOT_SEEN'); // its rows
  });

  test('of a name that cannot be, and the clock of this machine', async () => {
    const it = await configured(await install(db), { sosw_retry_tasks_table: 'no table' });
    expect(coded(await ask(it), 'TABLES_CONFIG')).toMatchObject([{ what: expect.stringContaining('sosw_retry_tasks_table') }]);
    const { now: _, ...withoutNow } = { client: it.client, config: { table: it.config }, now: NOW };
    expect(coded(await doctor({ ...withoutNow, tables: it.tables }), 'CLOCK').map(({ level }) => level)).toEqual(['ok']);
  });
});

describe('rows', () => {
  test('that a claim would set aside, or sosw would end on', async () => {
    const it = await configured(await install(db));
    const rows = [
      { payload: { M: {} } },
      { created_at: { S: 'today' } },
      { attempts: { S: '1' } },
      { payload: { S: '{"secret": ' } },
      { payload: { S: '[1]' } },
      {},
    ];
    for (const [n, more] of rows.entries())
      await it.put(it.tables.tasks, queuedRow(`t${n}`, 'mill', SECONDS, { greenfield: { N: String(2_000 + n) }, ...more }));
    const report = await ask(it);
    expect(coded(report, 'ROW_BROKEN').map(({ where }) => where)).toEqual(['t0', 't1', 't2', 't3'].map((id) => `mill, task ${id}`));
    expect(coded(report, 'PAYLOAD_NO_OBJECT')).toHaveLength(1);
    expect(JSON.stringify(report)).not.toContain('secret');
    expect(report.firstRounds).toMatchObject([{ due: 2, starts: 2, setsAside: 4 }]);
  });

  test('whose greenfield nears the present, and is past it', async () => {
    const it = await configured(await install(db));
    await it.put(it.tables.tasks, queuedRow('near', 'mill', SECONDS - 60, { greenfield: { N: String(SECONDS - 5_000_000) } }));
    const near = await ask(it);
    expect(coded(near, 'GREENFIELD_NEAR_NOW')).toMatchObject([{ what: expect.stringContaining('after 5000 more tasks') }]);
    await it.put(it.tables.tasks, queuedRow('past', 'mill', SECONDS - 50, { greenfield: { N: String(SECONDS + 400) } }));
    const past = await ask(it);
    expect(coded(past, 'GREENFIELD_PAST_NOW')).toHaveLength(1);
    expect(past.labourers).toMatchObject([{ lost: { rows: 1 }, expired: { rows: 0 }, queued: { rows: 1 } }]);
    expect(past.firstRounds).toMatchObject([{ due: 2, starts: 2 }]);
  });

  test('of nobody, of no task, and of a clock that is ahead', async () => {
    const it = await configured(await install(db));
    await it.put(it.tables.tasks, queuedRow('a', 'elsewhere', SECONDS));
    await it.put(it.tables.tasks, { task_id: { S: 'ghost' }, completed_at: { N: '1' } });
    const invoked = { greenfield: { N: String(SECONDS + DELTA + 90) }, attempts: { N: '1' } };
    await it.put(it.tables.tasks, queuedRow('b', 'mill', SECONDS, invoked));
    const report = await ask(it);
    expect(coded(report, 'LABOURER_UNKNOWN')).toMatchObject([{ where: 'elsewhere', level: 'warning' }]);
    expect(coded(report, 'GHOSTS')).toHaveLength(1);
    expect(coded(report, 'CLOCK_AHEAD')).toMatchObject([{ where: 'mill' }]);
  });

  test('are counted up to the sample, and no more are read', async () => {
    const it = await configured(await install(db));
    for (let n = 0; n < 8; n += 1)
      await it.put(it.tables.tasks, queuedRow(`t${n}`, 'mill', SECONDS, { greenfield: { N: String(2_000 + n) } }));
    const report = await ask(it, { sample: 5, scan: 0 });
    expect(report.labourers).toMatchObject([{ queued: { rows: 5, atLeast: true } }]);
    expect(report.firstRounds).toMatchObject([{ starts: 3, due: 5, atLeast: false }]); // three places, whatever more there is
    expect(printReport(report)).toMatch(/mill +5\+/);
  });
});

describe('functions', () => {
  test('that are missing, slow, repeated by Lambda, or not to be seen', async () => {
    const names = ['gone', 'slow', 'twice', 'once', 'shut', 'failed'];
    const all = Object.fromEntries(names.map((name) => [name, { arn: arn(name), max_simultaneous_invocations: 3 }]));
    const it = await configured(await install(db), { labourers: all });
    const { client } = await lambdaOf({
      slow: { timeout: 1_500, retries: 0 },
      twice: { timeout: 60 },
      once: { timeout: 60, retries: 1, age: 1_201 },
      shut: { timeout: 60, refused: 'AccessDeniedException' },
      failed: { timeout: 60, retries: 0, state: 'Failed' },
    });
    const report = await ask(it, { lambda: client });
    const of = (code: string) =>
      coded(report, code)
        .filter(({ level }) => level !== 'ok')
        .map(({ where, level }) => `${level} ${where}`);
    expect(of('LAMBDA_MISSING')).toEqual(['error gone']);
    expect(of('LAMBDA_TIMEOUT')).toEqual(['warning slow']);
    expect(of('LAMBDA_RETRIES')).toEqual(['warning twice', 'warning once']);
    expect(of('LAMBDA_EVENT_AGE')).toEqual(['note twice', 'note once']);
    expect(of('LAMBDA_NOT_SEEN')).toEqual(['note shut']);
    expect(of('LAMBDA_STATE')).toEqual(['warning failed']);
    expect(coded(report, 'RETRY_WAIT').map(({ where }) => where)).toEqual(['slow', 'twice', 'once', 'shut', 'failed']);
  });

  test('are named as not looked at without a client', async () => {
    const it = await configured(await install(db));
    expect(coded(await ask(it), 'LAMBDA_NOT_SEEN')).toMatchObject([{ level: 'note', where: 'functions' }]);
  });
});

test('options against the rules are refused, all at once', async () => {
  const refused = doctor({
    client: {},
    lambda: 1,
    sample: 0,
    scan: 1.5,
    now: 'x',
    config: { table: 7, functions: [] },
    tabels: 1,
    settings: 3,
  } as never);
  await expect(refused).rejects.toMatchObject({ code: 'INVALID_DOCTOR' });
  const message = await refused.catch((error: Error) => error.message);
  for (const each of ['client', 'lambda', 'sample', 'scan', 'now', 'config.table', 'config.functions', 'tabels', 'settings'])
    expect(message).toContain(`doctor.${each}: `);
});
