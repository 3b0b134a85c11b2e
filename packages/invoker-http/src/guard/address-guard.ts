import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

/** What is publicly routed of IPv6. Whatever lies outside, such as ::127.0.0.1, is for nobody on the internet. */
const PUBLIC_6: Range = ipaddr.IPv6.parseCIDR('2000::/3');
/** Translators between IPv6 and IPv4: they are asked for what stands in the last four bytes. */
const NAT64: Range = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** A public address by its number, and inside every machine of Azure the way to its metadata. */
const METADATA: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Which addresses may be connected to: public ones, and those of the ranges that were named. */
export class AddressGuard {
  readonly #named: readonly Range[];

  /** @param ranges without problems */
  constructor(ranges: readonly string[]) {
    this.#named = ranges.map(rangeOf);
  }

  /** Why an address may not be connected to; undefined if it may. */
  problem(text: string): string | undefined {
    if (isIP(text) === 0) return `${text.slice(0, 60)} is no address`;
    const address = parse(text);
    if (this.#isNamed(address)) return undefined;
    const kind = kindOf(address);
    return kind === undefined ? undefined : `${address.toString()} is ${kind}`;
  }

  #isNamed(address: Address): boolean {
    return this.#named.some(([net, bits]) => within(address, [net, bits]));
  }
}

/** `::ffff:127.0.0.1` is 127.0.0.1. Numbers of IPv6 are made one form first, for `::8.8.8.8` would be taken for 8.8.8.8, which it is not. */
const parse = (text: string): Address => {
  const plain = text.replace(/%.*$/, '');
  return ipaddr.process(isIP(plain) === 6 ? new URL(`http://[${plain}]/`).hostname.slice(1, -1) : plain);
};

/** What is wrong with the text of a range. */
export const rangeProblem = (text: unknown): string | undefined => {
  const remedy = 'give one such as 10.1.0.0/16, 127.0.0.1 or fd00::/8';
  if (typeof text !== 'string') return `is no range of addresses, but ${text === null ? 'null' : typeof text}; ${remedy}`;
  const [net = '', ...rest] = text.split('/');
  if (isIP(net) === 0 || net.includes('%') || (text.includes('/') && !ipaddr.isValidCIDR(text)) || rest.length > 1)
    return `is no range of addresses, but ${JSON.stringify(text.slice(0, 60))}; ${remedy}`;
  const [address] = rangeOf(text);
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? 'is a range of IPv4 written as IPv6; write it as IPv4'
    : undefined;
};

const rangeOf = (text: string): Range =>
  text.includes('/') ? ipaddr.parseCIDR(text) : [ipaddr.parse(text), ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128];

const within = (address: Address, [net, bits]: Range): boolean => address.kind() === net.kind() && address.match(net, bits);

/** What an address is that is not public. */
const kindOf = (address: Address): string | undefined => {
  if (METADATA.has(address.toString())) return 'where a cloud keeps its metadata';
  if (address instanceof ipaddr.IPv4) return named(address.range());
  if (within(address, NAT64)) return kindOf(ipaddr.fromByteArray(address.toByteArray().slice(-4)));
  const kind = named(address.range());
  return kind ?? (within(address, PUBLIC_6) ? undefined : 'not a public address');
};

const NAMES: Readonly<Record<string, string>> = {
  unspecified: 'no address of anybody',
  broadcast: 'for broadcasts',
  multicast: 'for multicasts',
  linkLocal: 'link-local, where clouds keep their metadata',
  loopback: 'this very machine',
  carrierGradeNat: 'inside the network of a provider',
  private: 'private',
  uniqueLocal: 'private',
};

const named = (range: string): string | undefined => (range === 'unicast' ? undefined : (NAMES[range] ?? 'reserved'));
