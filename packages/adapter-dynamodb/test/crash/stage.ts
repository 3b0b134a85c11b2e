import { ReeveError } from '@reeve/core';

interface Busy {
  /** How many of its calls are under way. */
  busy: number;
}

/** Where players play: their calls begin here, and what they throw that they should not is noted. */
export class Stage<Player extends Busy> {
  readonly #step: () => Promise<unknown>;
  readonly #bad: (problem: string) => void;

  /** @param step lets one request go */
  constructor(step: () => Promise<unknown>, bad: (problem: string) => void) {
    this.#step = step;
    this.#bad = bad;
  }

  play(player: Player, play: (player: Player) => Promise<unknown>): void {
    player.busy += 1;
    void play(player)
      .catch((error: unknown) => {
        if (!ReeveError.is(error, 'STORE_UNREACHABLE')) this.#bad(`threw ${error instanceof Error ? error.stack : String(error)}`);
      })
      .finally(() => {
        player.busy -= 1;
      });
  }

  /** Lets requests go until a call of the only process is answered. */
  async alone<T>(player: Player, play: (player: Player) => Promise<T>): Promise<T | undefined> {
    let answer: T | undefined;
    this.play(player, async () => {
      answer = await play(player);
    });
    while (player.busy > 0) await this.#step();
    return answer;
  }
}
