import { connect, type Socket } from 'node:net';
import { type Conditions, Lane } from './lane.ts';
import type { ProxyTarget } from './target.ts';

/** One client and its connection to the server. */
export class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #lanes: readonly Lane[];

  constructor(near: Socket, { host = '127.0.0.1', port }: ProxyTarget, conditions: Conditions, onClose: () => void) {
    const far = connect({ host, port, allowHalfOpen: true, noDelay: true });
    near.setNoDelay(true);
    this.#near = near;
    this.#far = far;
    const onFate = (fate: 'cut' | 'cutAfterAnswer' | 'blackHole' | 'halfOpen'): void => {
      if (fate === 'blackHole') this.#lose();
      else if (fate === 'halfOpen') this.halfOpen();
      else this.cut();
    };
    this.#lanes = [new Lane(near, far, 'toServer', conditions, onFate), new Lane(far, near, 'toClient', conditions, onFate)];
    // Whichever side breaks, the other hears of it, but for a client that is not to know.
    let isOver = false;
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => this.#isHalfOpen || other.resetAndDestroy());
      socket.once('close', () => {
        if (socket === near) far.destroy();
        else if (!this.#isHalfOpen && near.writableEnded) near.destroySoon();
        if (near.destroyed && far.destroyed && !isOver) {
          isOver = true;
          for (const lane of this.#lanes) lane.end();
          onClose();
        }
      });
    }
  }

  #isHalfOpen = false;

  #lose(): void {
    for (const lane of this.#lanes) lane.lose();
  }

  cut(): void {
    this.#lose();
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  halfOpen(): void {
    this.#isHalfOpen = true;
    this.#lose();
    this.#far.resetAndDestroy();
  }
}
