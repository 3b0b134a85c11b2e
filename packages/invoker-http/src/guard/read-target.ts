import { isIP } from 'node:net';
import type { AddressGuard } from './address-guard.ts';
import { type HostPattern, isListed } from './hosts.ts';

/** Where attempts may go. */
export interface Bounds {
  /** Absent: to any host. */
  readonly allow?: readonly HostPattern[];
  readonly allowHttp: readonly HostPattern[];
  readonly addresses: AddressGuard;
}

/** @returns a text that says what is wrong with the address, for after its name; user, password and query are not in it */
export const readTarget = (target: string, { allow, allowHttp, addresses }: Bounds): URL | string => {
  const remedy = 'give the whole address of the endpoint, such as https://api.example.org/thumbnails';
  if (!URL.canParse(target) || !/^https?:\/\//i.test(target)) return `${shown(target)} is no web address; ${remedy}`;
  const url = new URL(target);
  const { host, hostname, protocol, username, password, hash } = url;
  if (username !== '' || password !== '') return `has a user or password in it, which would be shown wherever it is; ${remedy}`;
  if (hash !== '') return `has a fragment (#), which is never sent; ${remedy}`;
  const byHttp = protocol === 'http:';
  if (byHttp && !isListed(url, allowHttp))
    return `is plain http at ${host}, where everybody on the way may read the payload; use https, or name the host in httpInvoker({ allowHttp })`;
  if (!byHttp && allow && !isListed(url, allow))
    return `is at ${host}, which httpInvoker({ allow }) does not name; correct it, or add the host`;
  const problem = literalProblem(hostname, addresses);
  return problem === undefined ? url : `is at ${host}: ${problem}`;
};

/** Of a host that is an address itself, which nobody looks up. 2130706433 and 0177.1 have become 127.0.0.1 by now. */
const literalProblem = (hostname: string, addresses: AddressGuard): string | undefined => {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const problem = isIP(host) === 0 ? undefined : addresses.problem(host);
  return problem === undefined ? undefined : `${problem}; correct it, or name its range in httpInvoker({ allowPrivate })`;
};

const shown = (target: string): string => {
  const text = target.replace(/\/\/[^/]*@/, '//…@').replace(/[?#].*$/s, '…');
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 59)}…`);
};
