import { createReeve } from '@reeve/core';
import { openCloud } from './cloud/cloud.ts';
import { readLogs } from './functions/log.ts';
import type { Options } from './options.ts';
import { shop } from './shop.ts';
import { Screen, summary } from './show/screen.ts';
import { audit } from './story/audit.ts';
import { Notices } from './story/notices.ts';
import { play } from './story/story.ts';

/** The whole of it. @returns whether every order came out as it should */
export const run = async ({ store, orders }: Options, write: (line: string) => void, signal: AbortSignal): Promise<boolean> => {
  const cloud = await openCloud(store);
  try {
    const notices = new Notices();
    readLogs(notices.read);
    const screen = new Screen({ write, notices: () => notices.take(), load: () => cloud.outside.load });
    write(`The shop is open, on ${cloud.database.name}. A minute of EventBridge's lasts a second here.`);
    screen.title();
    const reeve = createReeve(shop());
    try {
      const placed = await play({
        cloud,
        reeve,
        say: (text) => screen.say(text),
        show: (standings) => screen.show(standings),
        signal,
        count: orders,
      });
      const found = await audit(reeve, placed, cloud.outside.ledger);
      for (const line of summary(found, cloud)) write(line);
      return found.complaints.length === 0;
    } finally {
      await reeve.close();
    }
  } finally {
    await cloud.close({ haste: signal.aborted });
  }
};
