import { ReeveError } from '@reeve/core';
import { Pool } from 'pg';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PostgresTaskStore } from '../src/index.ts';
import { proxyTo } from './fixtures/proxy.ts';
import { run, useServer } from './fixtures/server.ts';
import { aTask, claimOf, completed, idsOf, openStore, someTasks } from './fixtures/stores.ts';

const server = useServer();

const faultOf = async (call: Promise<unknown>): Promise<ReeveError> => {
  const thrown: unknown = await call.then(
    () => 'nothing was thrown',
    (error: unknown) => error,
  );
  if (!ReeveError.is(thrown)) throw new Error('that is no ReeveError', { cause: thrown });
  return thrown;
};
const urlWith = (change: (url: URL) => unknown): string => {
  const url = new URL(server.url);
  change(url);
  return url.href;
};
const opened = (connection: string) => PostgresTaskStore.open({ connection, schema: 'faults', listen: false });

describe('a start that cannot be', () => {
  it.each([
    ['the password is wrong', { password: 'wrong' }, 'STORE_DENIED', /password/],
    ['there is no such user', { username: 'nobody-here' }, 'STORE_DENIED', /password/],
    ['no password is given', { password: '' }, 'STORE_DENIED', /password/],
    ['there is no such database', { pathname: '/nothing' }, 'STORE_DENIED', /database/],
    ['nobody listens', { port: '1' }, 'STORE_UNREACHABLE', /host and port/],
    ['the host has no address', { hostname: 'no-such-host.invalid' }, 'STORE_UNREACHABLE', /host and port/],
  ])('says so when %s', async (_, change, code, remedy) => {
    const fault = await faultOf(opened(urlWith((url) => Object.assign(url, change))));
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(remedy);
    expect(fault.message).not.toContain('wrong@');
  });

  it('says so when the isolation level does not suit', async () => {
    const connection = urlWith((url) => url.searchParams.set('options', '-c default_transaction_isolation=serializable'));
    expect(await faultOf(opened(connection))).toMatchObject({ code: 'STORE_UNSUITED', kind: 'config' });
  });

  it("says so when the database's encoding does not suit", async () => {
    await run(server.url, 'DROP DATABASE IF EXISTS bytes', `CREATE DATABASE bytes ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0`);
    const fault = await faultOf(opened(urlWith((url) => Object.assign(url, { pathname: '/bytes' }))));
    expect(fault).toMatchObject({ code: 'STORE_UNSUITED', kind: 'config' });
    expect(fault.message).toMatch(/SQL_ASCII; create one with ENCODING/);
  });

  it('may be tried again', async () => {
    const store = new PostgresTaskStore({ connection: urlWith((url) => Object.assign(url, { port: '1' })), listen: false });
    for (const _ of [1, 2]) expect(await faultOf(store.start())).toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(await faultOf(store.claim(claimOf()))).toMatchObject({ code: 'STORE_NOT_OPEN' });
    await store.close();
  });
});

describe('a call that cannot be', () => {
  it('says so when all is read-only', async () => {
    const { schema } = await openStore(server.url);
    const connection = urlWith((url) => url.searchParams.set('options', '-c default_transaction_read_only=on'));
    const { store } = await openStore(connection, { schema });
    expect(await faultOf(store.enqueue([aTask('one')]))).toMatchObject({ code: 'STORE_READ_ONLY' });
    expect(await store.find(aTask('one'))).toBeUndefined();
  });

  it('says so when a right is missing', async () => {
    const { schema } = await openStore(server.url);
    await run(server.url, `DROP ROLE IF EXISTS guest`, `CREATE ROLE guest LOGIN PASSWORD 'guest'`);
    const connection = urlWith((url) => Object.assign(url, { username: 'guest', password: 'guest' }));
    expect(await faultOf(openStore(connection, { schema }))).toMatchObject({ code: 'STORE_DENIED' });
  });

  it('says so when it runs into the statement timeout, and the next goes through', async () => {
    const { store, schema } = await openStore(urlWith((url) => url.searchParams.set('options', '-c statement_timeout=200')));
    const pool = new Pool({ connectionString: server.url, max: 1 });
    onTestFinished(() => pool.end());
    const holder = await pool.connect();
    await holder.query(`BEGIN; LOCK TABLE ${schema}.task`);
    expect(await faultOf(store.enqueue([aTask('one')]))).toMatchObject({ code: 'STORE_BUSY', kind: 'unavailable' });
    await holder.query('ROLLBACK');
    holder.release();
    expect(await store.enqueue([aTask('one')])).toEqual(['created']);
  });

  it('refuses a text that Postgres cannot keep, and none of its neighbours', async () => {
    const { store } = await openStore(server.url);
    const calls = [store.enqueue([aTask('good')]), faultOf(store.enqueue([aTask('nul\0')])), store.enqueue([aTask('better')])];
    const [first, fault, last] = await Promise.all(calls);
    expect([first, last]).toEqual([['created'], ['created']]);
    expect(fault).toMatchObject({ code: 'STORE_REFUSED', kind: 'input' });
  });

  it('fails alone among enqueues that share a statement', async () => {
    const { store, schema } = await openStore(server.url);
    await run(server.url, `ALTER TABLE ${schema}.task ADD CHECK (payload <> '"bad"' OR octet_length(id::bytea::text) < 0)`);
    const bad = aTask('b\\ad', { payload: '"bad"' as never }); // the cast to bytea is refused as bad input
    const answers = await Promise.allSettled([store.enqueue([aTask('a')]), store.enqueue([bad]), store.enqueue([aTask('c')])]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails alone also where they are too long for one statement, and a neighbour is no duplicate of itself', async () => {
    const { store, schema } = await openStore(server.url);
    await run(server.url, `ALTER TABLE ${schema}.task ADD CHECK (id <> 'bad' OR octet_length((id || '\\')::bytea::text) < 0)`);
    const long = (id: string) => store.enqueue([aTask(id, { payload: JSON.stringify('x'.repeat(5 * 1024 * 1024)) as never })]);
    const answers = await Promise.allSettled([long('a'), long('bad'), long('c')]);
    expect(answers.map((each) => (each.status === 'fulfilled' ? each.value : 'failed'))).toEqual([['created'], 'failed', ['created']]);
  });
});

describe('connections that are lost', () => {
  const application = 'reeve-mortal';

  /** Ends all connections of the store while the call is under way: it is held up by a lock, and seen to wait. */
  const endMidway = async (schema: string, call: () => Promise<unknown>): Promise<ReeveError> => {
    const pool = new Pool({ connectionString: server.url, max: 1 });
    const holder = await pool.connect();
    await holder.query(`BEGIN; LOCK TABLE ${schema}.slot`);
    const fault = faultOf(call());
    const ofStore = `FROM pg_stat_activity WHERE application_name = '${application}'`;
    // Asked outside of the holder's transaction, which would be shown the same list again and again.
    await expect.poll(() => run(server.url, `SELECT 1 ${ofStore} AND wait_event_type = 'Lock'`)).toHaveLength(1);
    await run(server.url, `SELECT pg_terminate_backend(pid) ${ofStore}`);
    await holder.query('ROLLBACK');
    holder.release();
    await pool.end();
    return fault;
  };

  it('are ended midway: the call fails as unreachable, the next goes through, and nothing is lost or doubled', async () => {
    const { store, schema } = await openStore(
      urlWith((url) => url.searchParams.set('application_name', application)),
      { listen: false },
    );
    const tasks = someTasks(100);
    await store.enqueue(tasks);
    const done: string[] = [];
    while (done.length < tasks.length) {
      const { leases } = await store.claim(claimOf({ limit: 20 }));
      expect(leases.length).toBeGreaterThan(0);
      for (const call of [
        () => store.claim(claimOf()),
        () => store.settle(leases.map(completed)),
        () => store.exchange(leases.map(completed), claimOf()),
      ])
        expect(await endMidway(schema, call)).toMatchObject({ code: 'STORE_UNREACHABLE', kind: 'unavailable' });
      expect(new Set(await store.settle(leases.map(completed)))).toEqual(new Set(['applied']));
      done.push(...idsOf(leases));
    }
    expect(done).toEqual(idsOf(tasks));
    expect(await store.census(['mill'])).toEqual([{ due: 0, waiting: 0, running: 0, expired: 0 }]);
  });

  it('are lost with the way to the server: it says so as long as that is shut, and goes on when it is open again', async () => {
    const { proxy, url } = await proxyTo(server.url);
    const { store } = await openStore(url);
    const heard: string[] = [];
    await store.listen(['mill'], (labourer) => heard.push(labourer));
    await store.enqueue([aTask('one')]);
    const open = proxy.add({ kind: 'refuse' });
    proxy.cut();
    for (const _ of [1, 2, 3]) expect(await faultOf(store.claim(claimOf()))).toMatchObject({ code: 'STORE_UNREACHABLE' });
    open();
    expect(idsOf((await store.claim(claimOf())).leases)).toEqual(['one']);
  });
});
