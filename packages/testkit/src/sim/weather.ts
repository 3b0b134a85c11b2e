import type { EcologyProvider, Health } from '@reeve/core';
import type { Life } from './node.ts';
import { Stream } from './stream.ts';
import type { World } from './world.ts';

/** Health keeps for so long, in virtual milliseconds. */
const SPELL = 10_000;

/** What this process sees of the health of things. It is the same for all, but for providers that throw or hang here and not there. */
export const weatherOf = (world: World, life: Life): EcologyProvider | undefined => {
  const { weather } = world.options;
  if (weather === 'none') return undefined;
  const own = new Stream(world.seed, `weather-${life.name}`);
  return {
    assess: async ({ id }, signal) => {
      // In the end one labourer cannot be seen, or all are a little worse than well: no reason for anybody not to be served.
      if (world.phase === 'calm' && weather === 'stormy' && id === world.labourers[0]?.id) throw new Error('it cannot be seen');
      if (world.phase === 'calm') return { health: 3, reason: 'good', observedAt: 0 };
      if (!world.faultsOn) return { health: 4, reason: 'fair', observedAt: 0 };
      if (weather === 'stormy' && own.happens(0.2)) throw new Error('the weather cannot be seen');
      if (weather === 'stormy' && own.happens(0.1)) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (weather === 'stormy' && own.happens(0.1)) return undefined;
      const spell = Math.floor(world.scheduler.now() / SPELL);
      const health = new Stream(world.seed, `spell-${id}-${spell}`).below(5) as Health;
      return { health, reason: `spell ${spell}`, observedAt: world.scheduler.now() };
    },
  };
};
