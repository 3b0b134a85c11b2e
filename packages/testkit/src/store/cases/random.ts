import type { StoreCase } from '../bench.ts';
import { Play } from '../model/play.ts';

/**
 * Random steps over two connections against a model of the contract, the same steps for the same seed. A failure names the seed and
 * shows the last steps; `randomCase(seed, steps)` plays them again.
 */
export const randomCase = (seed: number, steps: number = 300): StoreCase => ({
  promise: 'all',
  title: `${steps} random steps answer as the model does (seed ${seed})`,
  run: async (bench) => {
    const play = new Play(bench, seed);
    for (let step = 0; step <= steps; step += 1) {
      try {
        await (step < steps ? play.step() : play.finish());
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        throw new Error(`seed ${seed}, step ${step}: ${message}\nthe last steps:\n${play.log.slice(-15).join('\n')}`, { cause: error });
      }
    }
  },
});

export const randomCases: readonly StoreCase[] = [1, 20, 300].map((seed) => randomCase(seed));
