/** A configuration by its members. */
export type Whole = Readonly<Record<string, object>>;

/**
 * Divides a configuration so that each part has at most so many bytes, if it can: between its members, and between its labourers. Merged
 * again, member by member, the parts are the whole.
 */
export const partsOf = (whole: Whole, length: (part: Whole) => number, most: number): readonly Whole[] => {
  const parts: Whole[] = [];
  for (const piece of Object.entries(whole).flatMap(([name, value]) => piecesOf(name, value))) {
    const last = parts.at(-1);
    const grown = last && merged(last, piece);
    if (grown && length(grown) <= most) parts[parts.length - 1] = grown;
    else parts.push(piece);
  }
  return parts;
};

const piecesOf = (name: string, value: object): readonly Whole[] =>
  name === 'labourers' ? Object.entries(value).map(([labourer, each]) => ({ [name]: { [labourer]: each } })) : [{ [name]: value }];

const merged = (part: Whole, piece: Whole): Whole => {
  const grown: Record<string, object> = { ...part };
  for (const [name, value] of Object.entries(piece)) grown[name] = { ...grown[name], ...value };
  return grown;
};
