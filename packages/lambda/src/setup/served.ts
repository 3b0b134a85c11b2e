import { createReeve, Events, Lifecycle, type Reeve, TaskReader } from '@reeve/core';
import { ContainerModule } from 'inversify';
import { checkSettings } from '../handlers/settings.ts';
import { Counts } from '../logs/counts.ts';
import type { Logger } from '../logs/logger.ts';
import { tellEvents } from '../logs/tell-events.ts';
import { Flushable } from './flushable.ts';
import { optionsOf } from './options-of.ts';
import type { Parts } from './setup.ts';

/** A composition that stands, and what a handler needs of it besides the facade. */
export interface Served {
  readonly reeve: Reeve;
  readonly parts: Parts;
  readonly reader: TaskReader;
  readonly flushables: readonly Flushable[];
  readonly counts: Counts;
}

/** Puts the parts together and opens them. If that fails, what was opened is closed again. */
export const open = async (parts: Parts, logger: Logger): Promise<Served> => {
  const inside: { reader?: TaskReader; flushables: readonly Flushable[] } = { flushables: [] };
  // The facade shows neither; a part of our own is given both when the composition is made.
  const lookInside = new ContainerModule(({ bind }) => {
    bind(Lifecycle)
      .toResolvedValue(
        (reader: TaskReader, flushables: Flushable[], events: Events): Lifecycle => {
          Object.assign(inside, { reader, flushables });
          tellEvents(events, logger);
          return {};
        },
        [TaskReader, { serviceIdentifier: Flushable, isMultiple: true }, Events],
      )
      .inSingletonScope();
  });
  checkSettings(parts.lambda);
  const options = optionsOf(parts);
  const reeve = createReeve({ ...options, use: [...options.use, lookInside] });
  try {
    await reeve.start();
  } catch (error) {
    await reeve.close().catch(() => {}); // the first error is the one to tell
    throw error;
  }
  const { reader = reeve, flushables } = inside;
  return { reeve, parts, reader, flushables, counts: new Counts(reeve.events) };
};
