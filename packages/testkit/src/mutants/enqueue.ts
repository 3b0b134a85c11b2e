import { type JsonText, type NewTask, ReeveError, type TaskRecord } from '@reeve/core';
import { renamed } from './renamed.ts';
import { kept, mutant, type StoreMutant, turn } from './twist.ts';

const reparsed = (text: JsonText): JsonText => {
  try {
    return JSON.stringify(JSON.parse(text)) as JsonText;
  } catch {
    return text;
  }
};

const payloads = (name: string, change: (task: NewTask, most: number) => JsonText): StoreMutant =>
  mutant(name, 'E1', (honest) => ({
    enqueue: (tasks) => honest.enqueue(tasks.map((each) => ({ ...each, payload: change(each, honest.capabilities.maxPayloadBytes) }))),
  }));

export const enqueueMutants: readonly StoreMutant[] = [
  mutant('writes the tasks before the one that is too long', 'E1', (honest) => ({
    enqueue: async (tasks) => {
      const answers: ('created' | 'duplicate')[] = [];
      for (const each of tasks) answers.push(...(await honest.enqueue([each])));
      return answers;
    },
  })),
  payloads('cuts a payload that is too long', ({ payload }, most) => payload.slice(0, most) as JsonText),
  payloads('parses payloads and writes them anew', ({ payload }) => reparsed(payload)),
  payloads('keeps ASCII only', ({ payload }) => payload.replaceAll(/[^\u0000-\u007f]/g, '?') as JsonText),
  payloads('trims payloads', ({ payload }) => payload.trim() as JsonText),
  mutant(
    'counts characters where bytes are meant',
    'E1',
    (honest) => {
      const most = honest.capabilities.maxPayloadBytes / 4; // what it says it takes; four bytes are the most a character needs
      return {
        capabilities: { ...honest.capabilities, maxPayloadBytes: most },
        enqueue: async (tasks) => {
          const long = tasks.find(({ payload }) => payload.length > most);
          if (long)
            throw new ReeveError({ kind: 'input', code: 'PAYLOAD_TOO_LARGE', message: `payload of ${long.id}: too many characters` });
          return honest.enqueue(tasks);
        },
      };
    },
    { maxPayloadBytes: 4 * 64 * 1_024 },
  ),
  mutant('refuses a payload with an error of its own', 'E1', (honest) => ({
    enqueue: (tasks) =>
      honest.enqueue(tasks).catch((error: unknown) => {
        throw new Error('value too long for type', { cause: error });
      }),
  })),
  renamed('trims ids', 'E1', ({ id }) => id.trim()),
  renamed('compares ids without case', 'E1', ({ id }) => id.toLowerCase()),
  renamed('compares ids in Unicode normal form', 'E1', ({ id }) => id.normalize('NFC')),
  renamed('keeps forty characters of an id', 'E1', ({ id }) => id.slice(0, 40)),
  renamed('keeps ids per labourer', 'E2', ({ labourer, id }) => `${labourer}/${id}`),
  mutant('answers a duplicate as created', 'E2', (honest) => ({
    enqueue: async (tasks) => (await honest.enqueue(tasks)).map(() => 'created'),
  })),
  mutant(
    'forgets the ids of ended tasks',
    'E2',
    (honest) => ({
      enqueue: async (tasks) => {
        await honest.maintain(tasks.map(({ labourer }) => labourer));
        return honest.enqueue(tasks);
      },
    }),
    { keepEnded: 0 },
  ),
  mutant('takes no notice of two with one id in a call', 'E2', (honest) => ({
    enqueue: async (tasks) => {
      const known = await Promise.all(tasks.map((each) => honest.find(each)));
      await honest.enqueue(tasks);
      return known.map((each) => (each ? 'duplicate' : 'created'));
    },
  })),
  mutant('looks, then writes', 'E2', (honest) => ({
    enqueue: async (tasks) => {
      const known = await Promise.all(tasks.map((each) => honest.find(each)));
      await turn();
      const answers = await honest.enqueue(tasks);
      return answers.map((each, n) => (known[n] ? each : 'created'));
    },
  })),
  mutant('writes a duplicate over the queued task', 'E2', (honest, tools) => {
    const written = kept(tools, 'written', () => new Map<string, JsonText>());
    const over = <T extends { readonly id: string; readonly payload: JsonText }>(task: T): T => ({
      ...task,
      payload: written.get(task.id) ?? task.payload,
    });
    return {
      enqueue: async (tasks) => {
        const answers = await honest.enqueue(tasks);
        for (const [n, { id, payload }] of tasks.entries()) if (answers[n] === 'duplicate') written.set(id, payload);
        return answers;
      },
      claim: async (request) => {
        const answer = await honest.claim(request);
        return { ...answer, leases: answer.leases.map(over) };
      },
      find: async (key): Promise<TaskRecord | undefined> => {
        const record = await honest.find(key);
        return record && over(record);
      },
    };
  }),
  mutant('answers the created ones first', 'E3', (honest) => ({ enqueue: async (tasks) => [...(await honest.enqueue(tasks))].sort() })),
  mutant('answers for a hundred at most', 'E3', (honest) => ({ enqueue: async (tasks) => (await honest.enqueue(tasks)).slice(0, 100) })),
  mutant('writes a call from its end', 'C6', (honest) => ({
    enqueue: async (tasks) => [...(await honest.enqueue([...tasks].reverse()))].reverse(),
  })),
  mutant('fails on an empty call', 'E4', (honest) => ({
    enqueue: async (tasks) => {
      if (tasks.length === 0) throw new Error('syntax error at or near ")"');
      return honest.enqueue(tasks);
    },
  })),
];
