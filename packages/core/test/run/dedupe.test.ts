import assert from 'node:assert/strict';
import { type Change, DAY, type Dedupe, type EnqueueOptions, Enqueuer, type MemoryTaskStore, type NewTask, ReeveError } from '@reeve/core';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { rig } from './rig.ts';

const within = 60_000;
const isFault = (code: string, words: RegExp) => (error: unknown) => ReeveError.is(error, code) && words.test(error.message);

/** An enqueuer over a memory store that counts its calls, and may be made to fail. */
const deduping = (labourers = { a: { maxSimultaneousInvocations: 1 }, b: { maxSimultaneousInvocations: 1 } }) => {
  const r = rig({ labourers });
  const calls = { change: 0, enqueue: 0, replace: 0 };
  const before = { change: async () => {}, enqueue: async () => {}, replace: async () => {} };
  const through = async <Answer>(verb: keyof typeof calls, call: () => Promise<Answer>): Promise<Answer> => {
    calls[verb] += 1;
    await before[verb]();
    return call();
  };
  const parts = {
    labourers: r.labourers,
    clock: r.clock,
    chance: r.chance,
    events: r.events,
    doorbell: r.doorbell,
    store: { capabilities: r.store.capabilities, enqueue: (tasks: readonly NewTask[]) => through('enqueue', () => r.store.enqueue(tasks)) },
    register: { change: (changes: readonly Change[]) => through('change', () => r.store.change(changes)) },
    operator: { replace: (all: Parameters<MemoryTaskStore['replace']>[0]) => through('replace', () => r.store.replace(all)) },
  };
  const enqueuer = new Enqueuer(parts);
  const enqueue = (payload: unknown, dedupe: Dedupe, more: EnqueueOptions = {}, labourer = 'a') =>
    enqueuer.enqueue(labourer, payload, { ...more, dedupe });
  const payloadOf = async (id: string, labourer = 'a') => (await r.store.find({ labourer, id }))?.payload;
  const total = async () => (await r.store.census(['a', 'b'])).reduce((sum, { due, waiting }) => sum + due + waiting, 0);
  return { ...r, parts, enqueuer, enqueue, payloadOf, total, calls, before };
};

describe('dedupe', () => {
  it('a key is one task for a while, and its id is answered', async () => {
    const d = deduping();
    const first = await d.enqueue(1, { key: 'k', within });
    await d.clock.advance(within - 1);
    const second = await d.enqueue(2, { key: 'k', within });
    assert.deepEqual([first.outcome, second], ['created', { id: first.id, outcome: 'duplicate' }]);
    assert.equal(await d.payloadOf(first.id), '1');
    await d.clock.advance(1); // from the first on, however many followed
    const third = await d.enqueue(3, { key: 'k', within });
    assert.equal(third.outcome, 'created');
    assert.notEqual(third.id, first.id);
  });

  it('also when that one has ended', async () => {
    const d = deduping();
    const { id } = await d.enqueue(1, { key: 'k', within });
    await d.orchestrator.tick();
    assert.deepEqual(await d.enqueue(2, { key: 'k', within }), { id, outcome: 'duplicate' });
    assert.deepEqual(await d.enqueue(2, { key: 'k', within, onDuplicate: 'replace' }), { id, outcome: 'duplicate' });
  });

  it('keys are apart by their letters and by labourer, and a task may have an id of its own', async () => {
    const d = deduping();
    const options: readonly (readonly [string, string])[] = [
      ['k', 'a'],
      ['K', 'a'],
      ['k', 'b'],
      ['b:k', 'a'],
      ['x'.repeat(200), 'a'],
      [`${'x'.repeat(199)}y`, 'a'],
    ];
    for (const [key, labourer] of options) assert.equal((await d.enqueue(1, { key, within }, {}, labourer)).outcome, 'created');
    assert.deepEqual(await d.enqueue(1, { key: 'own', within }, { id: 'mine' }), { id: 'mine', outcome: 'created' });
    assert.deepEqual(await d.enqueue(1, { key: 'own', within }, { id: 'other' }), { id: 'mine', outcome: 'duplicate' });
  });

  it('replace: what was not started gets the payload that came last, and keeps its place', async () => {
    const d = deduping();
    const replace = { key: 'k', within, onDuplicate: 'replace' } as const;
    const { id } = await d.enqueue(1, replace, { delay: 100 });
    assert.equal(d.calls.replace, 0); // there is nothing whose place it could take
    assert.deepEqual(await d.enqueue(2, replace), { id, outcome: 'replaced' });
    assert.equal(await d.payloadOf(id), '2');
    const task = await d.store.find({ labourer: 'a', id });
    assert.equal(task?.state === 'queued' && task.due - d.clock.now(), 100);
    await d.clock.advance(100);
    await d.store.claim({ labourer: 'a', token: 't', cap: 1, limit: 1, lease: 1_000 });
    assert.deepEqual(await d.enqueue(3, replace), { id, outcome: 'duplicate' });
    assert.equal(await d.payloadOf(id), '2');
  });

  it('tells of created ones only', async () => {
    const d = deduping();
    const created: string[] = [];
    d.events.on('task.enqueued', ({ id }) => created.push(id));
    const { id } = await d.enqueue(1, { key: 'k', within });
    await d.enqueue(1, { key: 'k', within });
    assert.deepEqual(created, [id]);
  });
});

describe('dedupe of many', () => {
  it('two of one call are one task; of those that replace, the last one’s payload stands', async () => {
    const d = deduping();
    const dedupe = { key: 'k', within };
    const replacing = { ...dedupe, onDuplicate: 'replace' } as const;
    const answers = await d.enqueuer.enqueueMany('a', [
      { id: 'x', payload: 0 },
      { id: '1', payload: 1, dedupe },
      { id: '2', payload: 2, dedupe: replacing },
      { id: '3', payload: 3, dedupe: replacing },
      { id: '4', payload: 4, dedupe },
      { id: '5', payload: 5, dedupe: { key: 'other', within } },
    ]);
    assert.deepEqual(
      answers.map(({ id, outcome }) => `${id} ${outcome}`),
      ['x created', '1 created', '1 replaced', '1 replaced', '1 duplicate', '5 created'],
    );
    assert.deepEqual([await d.payloadOf('1'), await d.total(), d.calls], ['3', 3, { change: 1, enqueue: 1, replace: 1 }]);
  });

  it('costs few calls, over pages as well', async () => {
    const d = deduping();
    const items = Array.from({ length: 3_000 }, (_, n) => ({ payload: n, dedupe: { key: `k${n % 1_500}`, within } }));
    const answers = await d.enqueuer.enqueueMany('a', items);
    assert.equal(answers.filter(({ outcome }) => outcome === 'created').length, 1_500);
    assert.deepEqual(
      answers.slice(1_500).map(({ id }) => id),
      answers.slice(0, 1_500).map(({ id }) => id),
    );
    assert.deepEqual([await d.total(), d.calls], [1_500, { change: 5, enqueue: 2, replace: 0 }]);
  });

  it('those without a key cost what they did', async () => {
    const d = deduping();
    await d.enqueuer.enqueueMany('a', [{ payload: 1 }, { payload: 2 }]);
    assert.deepEqual(d.calls, { change: 0, enqueue: 1, replace: 0 });
  });
});

describe('dedupe under faults', () => {
  it('a crash between key and task is healed by the next who comes, with its payload', async () => {
    const d = deduping();
    d.before.enqueue = async () => Promise.reject(new Error('gone'));
    await assert.rejects(d.enqueue(1, { key: 'k', within }), /gone/);
    assert.equal(await d.total(), 0);
    d.before.enqueue = async () => {};
    const { id, outcome } = await d.enqueue(2, { key: 'k', within });
    assert.deepEqual([outcome, await d.payloadOf(id)], ['created', '2']);
    assert.deepEqual(await d.enqueue(3, { key: 'k', within }), { id, outcome: 'duplicate' });
  });

  it('one who comes between key and task is the one, and the first is told the truth', async () => {
    const d = deduping();
    let late: Promise<unknown> | undefined;
    d.before.enqueue = async () => {
      d.before.enqueue = async () => {};
      late = d.enqueue(2, { key: 'k', within });
      await late;
    };
    const first = await d.enqueue(1, { key: 'k', within }, { id: 'first' });
    assert.deepEqual(
      [first, await late],
      [
        { id: 'first', outcome: 'duplicate' },
        { id: 'first', outcome: 'created' },
      ],
    );
    assert.deepEqual([await d.payloadOf('first'), await d.total()], ['2', 1]);
  });

  it('an entry that is forgotten before it is read is tried again; one without end is a broken store', async () => {
    const d = deduping();
    let blanks = 2;
    const change = async (changes: readonly Change[]) => {
      const { outcomes, at } = await (blanks-- > 0
        ? { outcomes: changes.map(() => ({ kind: 'stale' }) as const), at: 0 }
        : d.store.change(changes));
      return { outcomes, at };
    };
    const enqueuer = new Enqueuer({ ...d.parts, register: { change } });
    assert.equal((await enqueuer.enqueue('a', 1, { dedupe: { key: 'k', within } })).outcome, 'created');
    blanks = 100;
    await assert.rejects(enqueuer.enqueue('a', 1, { dedupe: { key: 'k', within } }), isFault('STORE_BROKE_CONTRACT', /not what/));
  });

  it('whatever comes, fails and races: one task for a key, and at most one who created it', async () => {
    const step = fc.record({
      key: fc.constantFrom('k', 'l'),
      fails: fc.constantFrom('no', 'no', 'change', 'enqueue'),
      replaces: fc.boolean(),
      together: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const d = deduping();
        const answers: { readonly key: string; readonly outcome: string; readonly id: string }[] = [];
        let under: Promise<unknown>[] = [];
        for (const [n, { key, fails, replaces, together }] of steps.entries()) {
          // The verb fails once, for whichever of those under way comes first.
          const failOnce = async (verb: 'change' | 'enqueue') => {
            d.before[verb] = async () => {};
            throw new Error('gone');
          };
          if (fails === 'change' || fails === 'enqueue') d.before[fails] = () => failOnce(fails);
          under.push(
            d.enqueue(n, { key, within, onDuplicate: replaces ? 'replace' : 'keep' }).then(
              (answer) => answers.push({ key, ...answer }),
              () => undefined,
            ),
          );
          if (!together) await Promise.all(under);
          if (!together) under = [];
        }
        await Promise.all(under);
        for (const key of ['k', 'l']) {
          const own = answers.filter((each) => each.key === key);
          assert.ok(new Set(own.map(({ id }) => id)).size <= 1);
          assert.ok(own.filter(({ outcome }) => outcome === 'created').length <= 1);
        }
        assert.ok((await d.total()) <= 2);
      }),
    );
  });
});

describe('what dedupe refuses', () => {
  it('a key, a time and a word that cannot be, before anything is written', async () => {
    const d = deduping();
    const good = { key: 'k', within };
    const refused: readonly (readonly [dedupe: unknown, words: RegExp])[] = [
      [null, /^dedupe: null is none; give \{ key, within \}/],
      ['k', /^dedupe: "k" is none/],
      [{ ...good, key: '' }, /^dedupe\.key: "" does not do; give 1 to 200 characters/],
      [{ ...good, key: 'x'.repeat(201) }, /^dedupe\.key: a text of 201 characters/],
      [{ ...good, key: 'a\nb' }, /^dedupe\.key: "a\\nb"/],
      [{ ...good, key: '\ud800' }, /^dedupe\.key: /],
      [{ ...good, key: 7 }, /^dedupe\.key: 7/],
      [{ within }, /^dedupe\.key: undefined/],
      [{ key: 'k' }, /^dedupe\.within: undefined is no length of time/],
      [{ ...good, within: 0 }, /^dedupe\.within: 0/],
      [{ ...good, within: 7 * DAY + 1 }, /^dedupe\.within: \d+ .*7 days/],
      [{ ...good, within: Number.NaN }, /^dedupe\.within: NaN/],
      [{ ...good, onDuplicate: 'drop' }, /^dedupe\.onDuplicate: "drop"; give "keep" or "replace"/],
    ];
    for (const [dedupe, words] of refused) await assert.rejects(d.enqueue(1, dedupe as Dedupe), isFault('INVALID_DEDUPE', words));
    const items = [
      { payload: 1, dedupe: good },
      { payload: 1, dedupe: { ...good, within: -1 } },
    ];
    await assert.rejects(d.enqueuer.enqueueMany('a', items), isFault('INVALID_DEDUPE', /^items\[1\]\.dedupe\.within: -1/));
    assert.deepEqual([await d.total(), d.calls], [0, { change: 0, enqueue: 0, replace: 0 }]);
  });

  it('a store that cannot', async () => {
    const d = deduping();
    const bare = new Enqueuer({ ...d.parts, register: undefined });
    await assert.rejects(bare.enqueue('a', 1, { dedupe: { key: 'k', within } }), isFault('PART_MISSING', /^dedupe: .*Register/));
    const half = new Enqueuer({ ...d.parts, operator: undefined });
    await assert.rejects(
      half.enqueue('a', 1, { dedupe: { key: 'k', within, onDuplicate: 'replace' } }),
      isFault('PART_MISSING', /^dedupe\.onDuplicate "replace": .*Operator/),
    );
    assert.equal((await half.enqueue('a', 1, { dedupe: { key: 'k', within } })).outcome, 'created');
    assert.equal((await bare.enqueue('a', 1)).outcome, 'created');
  });

  it('a name that a register takes, for the longest labourer and key', async () => {
    const labourer = 'x'.repeat(128);
    const d = deduping({ [labourer]: { maxSimultaneousInvocations: 1 } } as never);
    const first = await d.enqueue(1, { key: 'k'.repeat(200), within }, {}, labourer);
    assert.deepEqual(await d.enqueue(1, { key: 'k'.repeat(200), within }, {}, labourer), { id: first.id, outcome: 'duplicate' });
    assert.equal((await d.enqueue(1, { key: `${'k'.repeat(199)}l`, within }, {}, labourer)).outcome, 'created');
  });
});
