import assert from 'node:assert/strict';
import {
  createReeve,
  defineLabourers,
  Events,
  inProcessInvoker,
  MemoryTaskStore,
  memoryStore,
  Orchestrator,
  type Register,
  SettingsBoard,
} from '@reeve/core';
import { CountingChance, ManualClock } from '@reeve/testkit';
import { describe, it } from 'vitest';
import { done, invokerOf, rig, settle } from './rig.ts';

const labourers = defineLabourers({ mill: { maxSimultaneousInvocations: 10 }, forge: { maxSimultaneousInvocations: 10 } });

const world = () => {
  const clock = new ManualClock();
  const chance = new CountingChance();
  const store = new MemoryTaskStore({ clock });
  const board = (): SettingsBoard => new SettingsBoard({ labourers, register: store, clock, chance });
  const orchestrator = (settings: SettingsBoard): Orchestrator =>
    new Orchestrator({ labourers, store, invoker: invokerOf(() => done), clock, chance, settings });
  return { clock, chance, store, board, orchestrator };
};

describe('settings', () => {
  it('made in one process are seen by another, and taken back', async () => {
    const { board, clock } = world();
    const [mine, other] = [board(), board()];
    await mine.pause('mill', 'the stream is dry');
    await mine.setCap('mill', 3);
    assert.deepEqual([...(await other.refresh())].sort(), ['forge', 'mill']);
    assert.deepEqual(other.of('mill'), { paused: { since: clock.now(), reason: 'the stream is dry' }, cap: 3 });
    assert.deepEqual(other.of('forge'), {});
    await mine.resume('mill');
    assert.deepEqual([...(await other.refresh())], ['mill']);
    assert.deepEqual([...(await other.refresh())], []);
    await mine.setCap('mill', null);
    assert.deepEqual(await mine.all(), {});
  });

  it('of two made at once both hold', async () => {
    const { board } = world();
    const [mine, other] = [board(), board()];
    await Promise.all([mine.pause('mill'), other.setCap('forge', 2), mine.setCap('mill', 5)]);
    const all = await mine.all();
    assert.deepEqual([all['mill']?.cap, all['forge']?.cap, all['mill']?.paused !== undefined], [5, 2, true]);
  });

  it('keep the instant of the first pause when it is paused again', async () => {
    const { board, clock } = world();
    const since = clock.now();
    await board().pause('mill');
    await clock.advance(5_000);
    assert.deepEqual(await board().pause('mill', 'still'), { paused: { since, reason: 'still' } });
  });

  it('are refused with the field, the value and the remedy', async () => {
    const { board } = world();
    await assert.rejects(async () => board().setCap('mill', 0), {
      code: 'INVALID_SETTING',
      message: /cap: 0 is no cap; give a whole number/,
    });
    await assert.rejects(async () => board().setCap('mill', Number.NaN), { code: 'INVALID_SETTING' });
    await assert.rejects(async () => board().pause('mill', ''), { code: 'INVALID_SETTING', message: /reason: the text is empty/ });
    await assert.rejects(board().pause('nobody'), { code: 'UNKNOWN_LABOURER', message: /known are mill, forge/ });
    const { clock, chance } = world();
    const nowhere = new SettingsBoard({ labourers, register: undefined, clock, chance });
    await assert.rejects(nowhere.pause('mill'), { code: 'PART_MISSING' });
    assert.deepEqual(await nowhere.all(), {});
  });
});

describe('a paused labourer', () => {
  it('starts nothing in a tick, and says why; the others go on', async () => {
    const { board, orchestrator, store } = world();
    await store.enqueue(['mill', 'forge'].map((labourer) => ({ labourer, id: labourer, payload: '{}' as never })));
    await board().pause('mill', 'flood');
    const { labourers: reports } = await orchestrator(board()).tick();
    assert.deepEqual(
      reports.map(({ cap, why, claimed }) => [cap, why, claimed]),
      [
        [0, 'paused: flood', 0],
        [10, 'no ecology: the whole cap', 1],
      ],
    );
    await board().resume('mill');
    assert.equal((await orchestrator(board()).tick()).labourers[0]?.claimed, 1);
  });

  it('starts nothing while nobody knows whether it is paused', async () => {
    const { orchestrator, store, clock, chance } = world();
    await store.enqueue([{ labourer: 'mill', id: 'one', payload: '{}' as never }]);
    const lost = new SettingsBoard({
      labourers,
      clock,
      chance,
      register: { look: () => Promise.reject(new Error('no')), change: () => Promise.reject(new Error('no')) },
    });
    const { labourers: reports } = await orchestrator(lost).tick();
    assert.deepEqual([reports[0]?.claimed, reports[0]?.why], [0, 'it is not known yet whether it is paused']);
  });

  it('is left alone by a daemon within a second, and served again within a second', async () => {
    const { board, orchestrator, store, clock } = world();
    const ended = new AbortController();
    const running = orchestrator(board()).run({ signal: ended.signal });
    await settle();
    const enqueue = (id: string) => store.enqueue([{ labourer: 'mill', id, payload: '{}' as never }]);
    const stateOf = async (id: string) => (await store.find({ labourer: 'mill', id }))?.state;
    await enqueue('one');
    await clock.advance(1_000);
    await settle();
    assert.equal(await stateOf('one'), 'completed');
    await board().pause('mill');
    await clock.advance(1_000);
    await settle();
    await enqueue('two');
    await clock.advance(20_000);
    await settle();
    assert.equal(await stateOf('two'), 'queued');
    await board().resume('mill');
    await clock.advance(1_000);
    await settle();
    assert.equal(await stateOf('two'), 'completed');
    ended.abort();
    await clock.advance(1);
    await running;
  });
});

describe('a cap that is set', () => {
  it('stands above the defined one, whatever the deployment', async () => {
    const { board, orchestrator, store } = world();
    await store.enqueue(Array.from({ length: 20 }, (_, n) => ({ labourer: 'mill', id: `${n}`, payload: '{}' as never })));
    await board().setCap('mill', 3);
    const [report] = (await orchestrator(board()).tick()).labourers;
    assert.deepEqual([report?.cap, report?.claimed, report?.why], [3, 3, 'cap set to 3; no ecology: the whole cap']);
    await board().setCap('mill', 15);
    assert.equal((await orchestrator(board()).tick()).labourers[0]?.claimed, 15);
  });

  it('is told of as a resize, and health has its share of it', async () => {
    const { happened, named, ...parts } = rig({ labourers: { a: { maxSimultaneousInvocations: 10 } } });
    const settings = new SettingsBoard({ ...parts, register: parts.store });
    const assess = async () => ({ health: 2 as const, reason: 'half', observedAt: 0 });
    const orchestrator = new Orchestrator({ ...parts, invoker: invokerOf(() => done), settings, ecology: [{ assess }] });
    await orchestrator.tick();
    await settings.setCap('a', 4);
    await orchestrator.tick();
    assert.deepEqual(
      named('labourer.resized').map(({ to, explanation }) => [to, explanation]),
      [
        [5, 'a: resize: 10 -> 5, half'],
        [2, 'a: resize: 5 -> 2, cap set to 4; half'],
      ],
    );
    assert.ok(happened.length > 0);
  });
});

describe('createReeve', () => {
  it('pauses, resumes and sets caps', async () => {
    const reeve = createReeve({
      labourers: { mill: { maxSimultaneousInvocations: 2 } },
      use: [memoryStore(), inProcessInvoker({ handlers: { mill: () => {} } })],
    });
    await reeve.pause('mill', 'sunday');
    await reeve.setCap('mill', 7);
    await reeve.enqueue('mill', {});
    assert.equal((await reeve.tick()).labourers[0]?.claimed, 0);
    assert.equal((await reeve.settings())['mill']?.paused?.reason, 'sunday');
    await reeve.resume('mill');
    assert.equal((await reeve.tick()).labourers[0]?.cap, 7);
    await reeve.close();
  });
});

describe('a daemon', () => {
  const daemonOf = (look: Register['look'], events = new Events()) => {
    const { clock, chance, store } = world();
    const settings = new SettingsBoard({ labourers, clock, chance, register: { look, change: (changes) => store.change(changes) } });
    const ended = new AbortController();
    const orchestrator = new Orchestrator({ labourers, store, invoker: invokerOf(() => done), clock, chance, settings, events });
    return { clock, events, stop: () => ended.abort(), running: orchestrator.run({ signal: ended.signal }) };
  };

  it('that is stopped waits for no register that does not answer', async () => {
    const { clock, stop, running } = daemonOf(() => new Promise(() => {}));
    await settle();
    stop();
    await clock.advance(1);
    await settle();
    await running;
  });

  it('takes nobody for paused for want of a look, and assesses each once at its start', async () => {
    const events = new Events();
    const resized: string[] = [];
    events.on('labourer.resized', ({ explanation }) => resized.push(explanation));
    const { stop, running } = daemonOf(async () => ({ entries: [undefined], at: 0 }), events);
    await settle();
    assert.deepEqual(resized, []);
    stop();
    await settle();
    await running;
  });
});
