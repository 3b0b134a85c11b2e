const UNKNOWN = 'unknown';
const LONGEST = 40;

/**
 * What a package.json says of its licence: as a text, as npm's older `{ type }`, or as a list of those. Anybody may have written
 * it, so it comes out short and fit for a terminal.
 */
export const licenceOf = (manifest: string): string => {
  const { license, licenses } = parse(manifest);
  const said = [license, licenses].flat().map(typeOf);
  const known = [...new Set(said.filter((each) => each !== undefined))].join(' OR ');
  const plain = known.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  if (plain === '') return UNKNOWN;
  return plain.length <= LONGEST ? plain : `${plain.slice(0, LONGEST - 1)}…`;
};

const parse = (manifest: string): { readonly license?: unknown; readonly licenses?: unknown } => {
  try {
    return JSON.parse(manifest.replace(/^\ufeff/, '')) ?? {};
  } catch {
    return {};
  }
};

const typeOf = (value: unknown): string | undefined => {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : value;
  // "(MIT OR Apache-2.0)" is the same without its brackets.
  return typeof type === 'string' && type.trim() !== '' ? type.trim().replace(/^\(([^()]+)\)$/, '$1') : undefined;
};
