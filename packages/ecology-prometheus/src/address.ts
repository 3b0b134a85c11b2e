export interface Address {
  /** Where queries go, without a name and password: fetch takes none there, and no message may show them. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is behind the host stays: many a Prometheus lives under a path, or is told apart by a parameter. */
export const addressOf = (text: string): Address => {
  const url = new URL(text);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;
  if (username === '' && password === '') return { url: url.href, headers: {} };
  const secret = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(secret).toString('base64')}` } };
};
