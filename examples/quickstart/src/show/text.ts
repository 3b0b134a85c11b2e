/** Numbers and lengths as people read them. */

export const count = (value: number): string => value.toLocaleString('en-US');

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Decimal units: "1.2 MB". */
export const size = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  // 999.95 would be shown as 1,000.0
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
};

/** A length of time in milliseconds: "12 ms", "3.4 s", "2 min 5 s". */
export const span = (ms: number): string => {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${count(Math.floor(seconds / 60))} min ${seconds % 60} s`;
};

export const plural = (value: number, one: string, many: string = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** Fit for a terminal, whoever wrote it: one line, no control characters. */
export const printable = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();

/** As a shell takes it for one word. */
export const quoted = (path: string): string => (/^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`);
