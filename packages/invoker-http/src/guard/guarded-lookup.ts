import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressGuard } from './address-guard.ts';

/** The addresses of a host, whichever are to be had. Rejects, or answers none, if there are none. */
export type Resolve = (host: string) => Promise<readonly string[]>;

export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);

/** A host is not where it may be. */
export class Forbidden extends Error {
  override readonly name: string = 'Forbidden';
}

/**
 * Looks a host up for one connection, and gives that connection the very addresses that were looked at: it has no occasion to ask
 * again and be told others. One that is not allowed speaks against the host as a whole, for it has no business among public ones.
 */
export const guardedLookup =
  (resolve: Resolve, guard: AddressGuard): LookupFunction =>
  (host, { all, family = 0 }, answer) => {
    const want = family === 'IPv4' ? 4 : family === 'IPv6' ? 6 : family;
    const look = async (): Promise<readonly { readonly address: string; readonly family: number }[]> => {
      const addresses = await resolve(host);
      for (const each of addresses) {
        const problem = guard.problem(each);
        if (problem !== undefined)
          throw new Forbidden(`${host} leads to ${problem}; if that is meant, name its range in httpInvoker({ allowPrivate })`);
      }
      const found = addresses.map((address) => ({ address, family: isIP(address) })).filter((each) => want === 0 || each.family === want);
      if (found.length === 0) throw Object.assign(new Error(`there is no address of ${host}`), { code: 'ENOTFOUND' });
      return found;
    };
    look().then(
      ([first, ...others]) => {
        if (!first) return;
        if (all) answer(null, [first, ...others]);
        else answer(null, first.address, first.family);
      },
      (error: unknown) => answer(error instanceof Error ? error : new Error('the host could not be looked up'), '', 0),
    );
  };
