/** One entry of a list of hosts: `api.example.org`, `*.example.org`, either with a port. */
export interface HostPattern {
  readonly host: string;
  /** True: any name below the host, and not itself. */
  readonly below: boolean;
  /** Absent: any. */
  readonly port?: string;
}

/** @returns a text that says what is wrong */
export const readHost = (text: unknown): HostPattern | string => {
  const remedy = 'give one such as api.example.org, *.example.org or api.example.org:8443';
  const wrong = `is no host, but ${typeof text === 'string' ? JSON.stringify(text.slice(0, 60)) : typeof text}; ${remedy}`;
  if (typeof text !== 'string') return wrong;
  const below = text.startsWith('*.');
  const name = below ? text.slice(2) : text;
  // Read as an address is read, so that both are written the same way: lower case, numbers of IPv4 as four, names in ASCII.
  const address = `http://${name}/`;
  if (!/^[^\s/?#@\\*]+$/.test(name) || !URL.canParse(address)) return wrong;
  const port = /:(\d+)$/.exec(name)?.[1];
  const host = plainHost(new URL(address).hostname);
  return host === '' ? wrong : { host, below, ...(port !== undefined && { port: String(Number(port)) }) };
};

export const isListed = (url: URL, list: readonly HostPattern[]): boolean => {
  const host = plainHost(url.hostname);
  return list.some((each) => {
    if (each.port !== undefined && each.port !== portOf(url)) return false;
    return each.below ? host.endsWith(`.${each.host}`) : host === each.host;
  });
};

export const portOf = ({ port, protocol }: URL): string => port || (protocol === 'http:' ? '80' : '443');

/** `example.org.` is `example.org`. */
const plainHost = (hostname: string): string => hostname.replace(/\.$/, '');
