import type { Fault } from './stage.ts';

interface Running {
  readonly url: string;
  readonly name: string;
  stop(): Promise<void>;
  readonly freeze?: () => void;
  readonly thaw?: () => void;
}

/** A server that may be killed, and comes back on its port and its data. */
export interface Killable {
  readonly port: number;
  /** The one that runs now. */
  now(): Running;
  readonly restart: Fault;
  /** Stops it where it stands, with its connections open, and lets it go on. */
  readonly hang: Fault;
  stop(): Promise<void>;
}

export const portOf = (url: string): number => Number(new URL(url).port);

/** @param start on that port; without one, on any that is free */
export const killable = async (start: (at: { readonly port?: number }) => Promise<Running>): Promise<Killable> => {
  let server = await start({});
  const port = portOf(server.url);
  return {
    port,
    now: () => server,
    restart: async () => {
      await server.stop(); // by SIGKILL
      return async () => {
        server = await start({ port });
      };
    },
    hang: async () => {
      const { freeze, thaw } = server;
      freeze?.();
      return async () => thaw?.();
    },
    stop: () => server.stop(),
  };
};
