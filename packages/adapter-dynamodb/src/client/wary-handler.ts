import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { NodeHttpHandler, type NodeHttpHandlerOptions } from '@smithy/node-http-handler';

interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/**
 * After a request that got no answer it trusts no connection that lies idle: what silenced one, a firewall that forgot or a machine that is gone,
 * has most often silenced them all, and each retry would find another silent one and wait its whole time for it. Those that are in use are
 * left: they have a time limit of their own.
 */
export class WaryHandler extends NodeHttpHandler {
  readonly #agents: Agents;

  constructor({ maxSockets, ...options }: NodeHttpHandlerOptions & { readonly maxSockets: number }) {
    const agents: Agents = {
      httpAgent: new HttpAgent({ keepAlive: true, maxSockets }),
      httpsAgent: new HttpsAgent({ keepAlive: true, maxSockets }),
    };
    super({ ...options, ...agents });
    this.#agents = agents;
  }

  override async handle(...asked: Parameters<NodeHttpHandler['handle']>): ReturnType<NodeHttpHandler['handle']> {
    try {
      return await super.handle(...asked);
    } catch (error) {
      if (error instanceof Error && error.name === 'TimeoutError') this.#dropIdle();
      throw error;
    }
  }

  #dropIdle(): void {
    for (const { freeSockets } of Object.values(this.#agents) as readonly HttpAgent[])
      for (const socket of Object.values(freeSockets).flat()) socket?.destroy();
  }
}
