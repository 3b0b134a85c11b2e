import type { Inspection } from './inspect-package.ts';
import type { Measure } from './measure-folder.ts';

/** The packages of one licence, added up. */
export interface LicenceTotal extends Measure {
  readonly licence: string;
  readonly packages: number;
}

const totalOf = ({ licence, files, lines, bytes }: Inspection): LicenceTotal => ({ licence, packages: 1, files, lines, bytes });

/** Adds up by licence, most packages first. */
export const addTotals = (totals: Iterable<LicenceTotal>): readonly LicenceTotal[] => {
  const byLicence = new Map<string, LicenceTotal>();
  for (const each of totals) {
    const known = byLicence.get(each.licence);
    byLicence.set(each.licence, known ? sumOf(known, each) : each);
  }
  return [...byLicence.values()].sort((a, b) => b.packages - a.packages || b.bytes - a.bytes);
};

export const totalsOf = (inspections: Iterable<Inspection>): readonly LicenceTotal[] => addTotals(Array.from(inspections, totalOf));

/** Of two totals; the licence of the first stands for both. */
export const sumOf = (a: LicenceTotal, b: LicenceTotal): LicenceTotal => ({
  licence: a.licence,
  packages: a.packages + b.packages,
  files: a.files + b.files,
  lines: a.lines + b.lines,
  bytes: a.bytes + b.bytes,
});
