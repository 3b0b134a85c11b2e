import type { StoreBench, StoreCase, WholeCase } from '../bench.ts';
import { Play } from '../model/play.ts';
import { WholePlay } from '../model/whole-play.ts';

interface Steps {
  readonly log: readonly string[];
  step(): Promise<void>;
  finish(): Promise<void>;
}

const atRandom = <Bench extends StoreBench>(
  title: string,
  seed: number,
  steps: number,
  open: (bench: Bench) => Steps,
): StoreCase<Bench> => ({
  promise: 'all',
  title: `${steps} random steps ${title} (seed ${seed})`,
  run: async (bench) => {
    const play = open(bench);
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

/**
 * Random steps over two connections against a model of the contract, the same steps for the same seed. A failure names the seed and
 * shows the last steps; `randomCase(seed, steps)` plays them again.
 */
export const randomCase = (seed: number, steps: number = 300): StoreCase =>
  atRandom('answer as the model does', seed, steps, (bench) => new Play(bench, seed));

/** The same with what an operator does, and with ends that something follows from. */
export const wholeRandomCase = (seed: number, steps: number = 400): WholeCase =>
  atRandom('of every port answer as the model does', seed, steps, (bench) => new WholePlay(bench, seed));

export const randomCases: readonly StoreCase[] = [1, 20, 300].map((seed) => randomCase(seed));

export const wholeRandomCases: readonly WholeCase[] = [1, 20, 300].map((seed) => wholeRandomCase(seed));
