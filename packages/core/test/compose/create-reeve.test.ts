import assert from 'node:assert/strict';
import {
  Chance,
  Clock,
  checkComposition,
  createReeve,
  defineLabourers,
  type InvokeContext,
  Invoker,
  type Invoker as InvokerPort,
  inProcessInvoker,
  type Labourer,
  type LabourerDefinition,
  Labourers,
  type Lease,
  Lifecycle,
  MemoryTaskStore,
  memoryStore,
  Outbox,
  Reeve,
  ReeveError,
  reeveModule,
  staticEcology,
  systemChance,
  systemClock,
  TaskReader,
  TaskStore,
} from '@reeve/core';
import { ManualClock } from '@reeve/testkit';
import { Container, ContainerModule, inject, injectable } from 'inversify';
import { describe, it } from 'vitest';

const labourers = { greet: { maxSimultaneousInvocations: 2 } };
const greet = inProcessInvoker({ handlers: { greet: ({ name }: { name: string }) => `hello, ${name}` } });
const faultOf = (build: () => unknown): ReeveError => {
  try {
    build();
  } catch (error) {
    assert.ok(ReeveError.is(error));
    return error;
  }
  return assert.fail('it was put together');
};

describe('createReeve', () => {
  it('makes one of each part, however its class was bound', async () => {
    class Store extends MemoryTaskStore {
      constructor() {
        super({ clock: systemClock });
      }
    }
    injectable()(Store);
    const own = new ContainerModule(({ bind }) => {
      bind(Store).toSelf();
      bind(TaskStore).toService(Store);
      bind(TaskReader).toService(Store);
    });
    const reeve = createReeve({ labourers, use: [own, greet] });
    const { id } = await reeve.enqueue('greet', { name: 'Ada' });
    assert.equal((await reeve.tick()).labourers[0]?.finished, 1);
    assert.equal((await reeve.find({ labourer: 'greet', id }))?.state, 'completed');
  });

  it('puts a composition together that does the job', async () => {
    const reeve = createReeve({ labourers, use: [memoryStore(), greet] });
    const { id } = await reeve.enqueue('greet', { name: 'Ada' });
    assert.equal((await reeve.tick()).labourers[0]?.finished, 1);
    const task = await reeve.find({ labourer: 'greet', id });
    assert.equal(task?.state === 'completed' && task.result, '"hello, Ada"');
    assert.deepEqual(await reeve.census(), [{ due: 0, waiting: 0, running: 0, expired: 0 }]);
    assert.equal((await reeve.list({ labourer: 'greet', state: 'completed', limit: 10 })).tasks.length, 1);
    assert.equal((await reeve.sweep()).expired, 0);
    await reeve.close();
  });

  it('takes the labourers as JSON text', async () => {
    const reeve = createReeve({ labourers: JSON.stringify(labourers), use: [memoryStore(), greet] });
    assert.equal(reeve.labourers[0]?.cap, 2);
  });

  it('runs as a daemon until it is stopped', async () => {
    const reeve = createReeve({ labourers, use: [memoryStore(), greet] });
    const stop = new AbortController();
    const completed = new Promise<string>((resolve) => reeve.on('task.completed', ({ id }) => resolve(id)));
    const running = reeve.run({ signal: stop.signal });
    const { id } = await reeve.enqueue('greet', { name: 'Ada' });
    assert.equal(await completed, id);
    stop.abort();
    await running;
  });

  it('lists everything that is missing in one message', () => {
    const { code, kind, message } = faultOf(() => createReeve({ labourers, use: [] }));
    assert.deepEqual([kind, code], ['config', 'INVALID_COMPOSITION']);
    assert.match(message, /TaskStore[\s\S]*sqliteStore[\s\S]*TaskReader[\s\S]*Invoker[\s\S]*lambdaInvoker/);
  });

  it('refuses two stores', () => {
    assert.match(
      faultOf(() => createReeve({ labourers, use: [memoryStore(), memoryStore(), greet] })).message,
      /TaskStore.*2 parts provide it; leave one/,
    );
  });

  it('refuses a part that is none, and says what it lacks', () => {
    const half = new ContainerModule(({ bind }) => void bind(Invoker).toConstantValue({} as InvokerPort));
    assert.match(faultOf(() => createReeve({ labourers, use: [memoryStore(), half] })).message, /Invoker.*lacks invoke/);
  });

  it('refuses an optional part that is none, and two of them', () => {
    const half = new ContainerModule(({ bind }) => void bind(Outbox).toConstantValue({ outbox: async () => [] } as never));
    const { message } = faultOf(() => createReeve({ labourers, use: [memoryStore(), greet, half] }));
    assert.match(message, /Outbox.*2 parts provide it; leave one/);
    const bare = new ContainerModule(({ bind }) => {
      const store = new MemoryTaskStore({ clock: systemClock });
      bind(TaskStore).toConstantValue(store);
      bind(TaskReader).toConstantValue(store);
    });
    assert.match(faultOf(() => createReeve({ labourers, use: [bare, greet, half] })).message, /Outbox.*lacks takeOut/);
    createReeve({ labourers, use: [bare, greet] });
  });

  it('lists every labourer that the invoker cannot serve', () => {
    const { message } = faultOf(() =>
      createReeve({
        labourers: { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } },
        use: [memoryStore(), greet],
      }),
    );
    assert.match(message, /handlers\.a[\s\S]*handlers\.b/);
  });

  it("takes a clock of one's own", async () => {
    const clock = new ManualClock();
    const reeve = createReeve({
      labourers,
      use: [memoryStore(), greet, new ContainerModule(({ bind }) => void bind(Clock).toConstantValue(clock))],
    });
    const { id } = await reeve.enqueue('greet', { name: 'Ada' }, { delay: 1_000 });
    const task = await reeve.find({ labourer: 'greet', id });
    assert.equal(task?.state === 'queued' && task.due, clock.now() + 1_000);
  });

  it('takes an @injectable class, which has other parts injected', async () => {
    class OwnInvoker implements InvokerPort {
      readonly #clock: Clock;
      constructor(clock: Clock) {
        this.#clock = clock;
      }
      async invoke(_labourer: Labourer, _lease: Lease, _context: InvokeContext) {
        return { kind: 'finished', report: { kind: 'done', result: JSON.stringify(typeof this.#clock.now()) as never } } as const;
      }
    }
    // What TypeScript's decorators do, spelled out: this repository compiles without them.
    injectable()(OwnInvoker);
    inject(Clock)(OwnInvoker, undefined, 0);
    const own = new ContainerModule(({ bind }) => void bind(Invoker).to(OwnInvoker).inSingletonScope());
    const reeve = createReeve({ labourers, use: [memoryStore(), own] });
    const { id } = await reeve.enqueue('greet', {});
    await reeve.tick();
    const task = await reeve.find({ labourer: 'greet', id });
    assert.equal(task?.state === 'completed' && task.result, '"number"');
  });

  it('follows the ecologies that it is given', async () => {
    const reeve = createReeve({ labourers, use: [memoryStore(), greet, staticEcology(0)] });
    await reeve.enqueue('greet', { name: 'Ada' });
    assert.equal((await reeve.tick()).labourers[0]?.cap, 0);
  });
});

describe("a container of one's own", () => {
  it('takes the essentials from reeveModule, and checkComposition says what is missing', () => {
    const container = new Container();
    container.load(reeveModule(), memoryStore());
    assert.match(faultOf(() => checkComposition(container)).message, /Labourers[\s\S]*Invoker[\s\S]*Clock[\s\S]*Chance/);
    container.load(greet);
    container.bind(Labourers).toConstantValue(defineLabourers(labourers));
    container.bind(Clock).toConstantValue(systemClock);
    container.bind(Chance).toConstantValue(systemChance);
    checkComposition(container);
    assert.ok(container.get(Reeve) instanceof Reeve);
    assert.equal(container.get(Reeve), container.get(Reeve));
  });
});

describe('opening and closing', () => {
  const partsModule = (parts: readonly Lifecycle[]) =>
    new ContainerModule(({ bind }) => {
      for (const each of parts) bind(Lifecycle).toConstantValue(each);
    });
  const withParts = (...parts: readonly Lifecycle[]) => createReeve({ labourers, use: [memoryStore(), greet, partsModule(parts)] });
  const logging = (log: string[], name: string, fails = false): Lifecycle => ({
    start: async () => {
      log.push(`start ${name}`);
      if (fails) throw new Error(`${name} is not there`);
    },
    close: async () => void log.push(`close ${name}`),
  });

  it('opens on the first use, once, and closes in the reverse order', async () => {
    const log: string[] = [];
    const reeve = withParts(logging(log, 'one'), logging(log, 'two'));
    assert.deepEqual(log, []);
    await Promise.all([reeve.enqueue('greet', {}), reeve.tick()]);
    await reeve.close();
    assert.deepEqual(log, ['start one', 'start two', 'close two', 'close one']);
  });

  it('closes again what was open when another part fails to open, and tries anew at the next call', async () => {
    const log: string[] = [];
    const reeve = withParts(logging(log, 'one'), logging(log, 'two', true));
    await assert.rejects(reeve.start(), /two is not there/);
    assert.deepEqual(log.slice(0, 2), ['start one', 'start two']);
    assert.ok(log.includes('close one'));
    log.length = 0;
    await assert.rejects(reeve.enqueue('greet', {}), /two is not there/);
    assert.equal(log[0], 'start one');
  });

  it.each([
    ['refuses', () => Promise.reject(new Error('stuck'))],
    [
      'throws at once',
      () => {
        throw new Error('stuck');
      },
    ],
  ])('closes every part even if one of them %s to be closed', async (_, close) => {
    const log: string[] = [];
    const reeve = withParts(logging(log, 'one'), { close });
    await reeve.start();
    await assert.rejects(reeve.close(), /stuck/);
    assert.deepEqual(log, ['start one', 'close one']);
  });

  it('runs Orchestrator and Scavenger until it is stopped, and leaves none of them behind when the other fails', async () => {
    const reeve = withParts();
    const stop = new AbortController();
    const { id } = await reeve.enqueue('greet', { name: 'Ada' });
    const swept = new Promise<void>((resolve) => void reeve.on('sweep', () => resolve()));
    const completed = new Promise<void>((resolve) => void reeve.on('task.completed', () => resolve()));
    const running = reeve.run({ signal: stop.signal });
    await Promise.all([swept, completed]);
    stop.abort();
    await running;
    assert.equal((await reeve.find({ labourer: 'greet', id }))?.state, 'completed');
    let ended = false;
    const { scavenger } = reeve;
    const run = scavenger.run.bind(scavenger);
    scavenger.run = (options) =>
      run(options).finally(() => {
        ended = true;
      });
    reeve.orchestrator.run = () => Promise.reject(new Error('never to be seen'));
    await assert.rejects(reeve.run({ signal: new AbortController().signal }), /never to be seen/);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(ended, true);
  });
});

describe('a store that does not keep every promise', () => {
  const lacking = () =>
    new ContainerModule(({ bind }) => {
      const store = new MemoryTaskStore({ clock: systemClock });
      Object.defineProperty(store, 'capabilities', { value: { ...store.capabilities, lacks: ['C11', 'C12', 'M2'] } });
      bind(TaskStore).toConstantValue(store);
      bind(TaskReader).toConstantValue(store);
    });
  const compose = (labourer: LabourerDefinition) =>
    createReeve({ labourers: { mill: labourer }, use: [lacking(), inProcessInvoker({ handlers: { mill: () => {} } })] });

  it('is refused to a labourer that needs one of them, by the field', () => {
    assert.throws(() => compose({ maxSimultaneousInvocations: 3, perKey: 1 }), /labourers\.mill\.perKey: memory does not keep it/);
    assert.throws(
      () => compose({ maxSimultaneousInvocations: 3, keep: { completed: { count: 5 } } }),
      /labourers\.mill\.keep: memory does not keep it/,
    );
    assert.doesNotThrow(() => compose({ maxSimultaneousInvocations: 3 }));
  });

  it('is refused to one that has a rate or draws on a resource, where there is no register', () => {
    assert.throws(() => compose({ maxSimultaneousInvocations: 3, rate: { starts: 5 } }), /labourers\.mill\.rate: is kept in a Register/);
    assert.throws(
      () => compose({ maxSimultaneousInvocations: 3, ratePerKey: { starts: 5 } }),
      /labourers\.mill\.ratePerKey: is kept in a Register/,
    );
    const health = { adaptive: 'aimd', breaker: true, outcomes: { failureRatio: { levels: { High: '<= 0.1', Poor: '<= 1' } } } } as const;
    assert.throws(
      () => compose({ maxSimultaneousInvocations: 3, health: { ...health, coefficients: { Poor: 0.5 } } }),
      /mill\.health\.adaptive: is kept in a Register.*mill\.health\.breaker: is kept.*mill\.health\.outcomes: is kept/s,
    );
  });
});
