/** What may be wrong with an outbox. */
import type { End, JsonText, NewTask } from '@reeve/core';
import { kept, mutant, type StoreMutant } from './twist.ts';

const showing = (name: string, breaks: string, change: (ends: readonly End[]) => readonly End[]): StoreMutant =>
  mutant(name, breaks, (honest) => ({ outbox: async (labourers, limit) => change(await honest.outbox(labourers, limit)) }));

const EVERY = 1_000_000;

const withFollow = (task: NewTask): NewTask => ({ ...task, follow: task.follow ?? ('null' as JsonText) });

export const outboxMutants: readonly StoreMutant[] = [
  ...(['completed', 'dead', 'cancelled', 'dropped'] as const).map((state) =>
    showing(`has no ends that are ${state}`, 'U1', (ends) => ends.filter((each) => each.state !== state)),
  ),
  mutant('has ends that nothing follows from', 'U1', (honest) => ({ enqueue: (tasks) => honest.enqueue(tasks.map(withFollow)) })),
  showing('leaves the result out', 'U1', (ends) => ends.map(({ result: _, ...end }) => end)),
  showing('shows what follows parsed and written anew', 'U1', (ends) =>
    ends.map((end) => ({ ...end, follow: JSON.stringify(JSON.parse(end.follow)) as JsonText })),
  ),
  mutant('shows an end once, whether it is taken out or not', 'U1', (honest, tools) => {
    const seen = kept(tools, 'seen', () => new Set<string>());
    return {
      outbox: async (labourers, limit) => {
        const ends = (await honest.outbox(labourers, EVERY)).filter(({ id, endedAt }) => !seen.has(`${id} ${endedAt}`)).slice(0, limit);
        for (const { id, endedAt } of ends) seen.add(`${id} ${endedAt}`);
        return ends;
      },
    };
  }),
  mutant('has an end before the verdict', 'U1', (honest, tools) => {
    const follows = kept(tools, 'follows', () => new Map<string, JsonText>());
    return {
      enqueue: (tasks) => {
        for (const { id, follow } of tasks) if (follow !== undefined && !follows.has(id)) follows.set(id, follow);
        return honest.enqueue(tasks);
      },
      outbox: async (labourers, limit) => {
        const running = await Promise.all(labourers.map((labourer) => honest.list({ labourer, state: 'running', limit: 1_000 })));
        const early = running
          .flatMap(({ tasks }) => tasks)
          .flatMap(({ labourer, id, createdAt }): End[] => {
            const follow = follows.get(id);
            return follow === undefined ? [] : [{ labourer, id, state: 'completed', endedAt: createdAt, follow }];
          });
        return [...early, ...(await honest.outbox(labourers, limit))].slice(0, limit);
      },
    };
  }),
  mutant('keeps the end of a task that it queues again', 'U1', (honest, tools) => {
    const old = kept(tools, 'old', () => [] as End[]);
    return {
      redrive: async (redrives) => {
        old.push(
          ...(await honest.outbox(
            redrives.map(({ labourer }) => labourer),
            EVERY,
          )),
        );
        return honest.redrive(redrives);
      },
      outbox: async (labourers, limit) => [...old, ...(await honest.outbox(labourers, limit))].slice(0, limit),
    };
  }),
  mutant('shows the newest first', 'U2', (honest) => ({
    outbox: async (labourers, limit) => [...(await honest.outbox(labourers, EVERY))].reverse().slice(0, limit),
  })),
  mutant('shows the oldest of each labourer in turn', 'U2', (honest) => ({
    outbox: async (labourers, limit) => (await Promise.all(labourers.map((each) => honest.outbox([each], limit)))).flat().slice(0, limit),
  })),
  mutant('takes the limit for that of a labourer', 'U2', (honest) => ({
    outbox: async (labourers, limit) => (await Promise.all(labourers.map((each) => honest.outbox([each], limit)))).flat(),
  })),
  mutant('takes out the end of a task, whichever it is', 'U3', (honest) => ({
    takeOut: async (ends) => {
      const all = await honest.outbox(
        ends.map(({ labourer }) => labourer),
        EVERY,
      );
      await honest.takeOut(all.filter(({ labourer, id }) => ends.some((each) => each.id === id && each.labourer === labourer)));
    },
  })),
  mutant('takes out whatever the labourer', 'U3', (honest, tools) => {
    const homes = kept(tools, 'homes', () => new Map<string, string>());
    return {
      enqueue: (tasks) => {
        for (const { id, labourer } of tasks) if (!homes.has(id)) homes.set(id, labourer);
        return honest.enqueue(tasks);
      },
      takeOut: (ends) => honest.takeOut(ends.map((each) => ({ ...each, labourer: homes.get(each.id) ?? each.labourer }))),
    };
  }),
  mutant('takes out all up to the last that is named', 'U3', (honest) => ({
    takeOut: async (ends) => {
      const last = Math.max(...ends.map(({ endedAt }) => endedAt));
      const all = await honest.outbox(
        ends.map(({ labourer }) => labourer),
        EVERY,
      );
      await honest.takeOut(all.filter(({ endedAt }) => endedAt <= last));
    },
  })),
  mutant('fails where there is nothing to take out', 'U3', (honest) => ({
    takeOut: async (ends) => {
      const all = await honest.outbox(
        ends.map(({ labourer }) => labourer),
        EVERY,
      );
      if (ends.some((end) => !all.some(({ id }) => id === end.id))) throw new Error('no such end');
      await honest.takeOut(ends);
    },
  })),
  mutant('keeps the instants of ends in whole seconds', 'U3', (honest) => {
    const shown = <T extends { readonly endedAt: number }>(end: T): T => ({ ...end, endedAt: Math.floor(end.endedAt / 1_000) * 1_000 });
    return {
      outbox: async (labourers, limit) => (await honest.outbox(labourers, limit)).map(shown),
      find: async (key) => {
        const record = await honest.find(key);
        return record && 'endedAt' in record ? shown(record) : record;
      },
      takeOut: async (ends) => {
        const all = await honest.outbox(
          ends.map(({ labourer }) => labourer),
          EVERY,
        );
        await honest.takeOut(all.filter((each) => ends.some(({ id, endedAt }) => each.id === id && shown(each).endedAt === endedAt)));
      },
    };
  }),
  mutant('forgets ended tasks whether something follows or not', 'U4', (honest) => ({
    maintain: async (labourers) => {
      await honest.takeOut(await honest.outbox(labourers, EVERY));
      return honest.maintain(labourers);
    },
  })),
];
