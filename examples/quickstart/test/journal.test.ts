import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Journal, readJournal } from '../src/record/journal.ts';
import { tempFolder } from './support/temp.ts';

const open = (path: string): Journal => {
  const journal = new Journal(path);
  onTestFinished(() => journal.close());
  return journal;
};

const ids = (lines: readonly { readonly id: string }[]): readonly string[] => lines.map(({ id }) => id);

describe('Journal', () => {
  it('reads what was added since, whoever wrote it', () => {
    const path = join(tempFolder(), 'j');
    const [one, other] = [open(path), open(path)];
    one.write('l', 'a', { kind: 'given' });
    other.write('l', 'b', { kind: 'started', attempt: 1, waited: 2 });
    expect(ids(one.readNew())).toEqual(['a', 'b']);
    expect(one.readNew()).toEqual([]);
    one.write('l', 'c', { kind: 'closed' });
    expect(ids(one.readNew())).toEqual(['c']);
    expect(readJournal(path).map(({ run }) => run)).toEqual([one.run, other.run, one.run]);
  });

  it('waits for the rest of a line that is being written', () => {
    const path = join(tempFolder(), 'j');
    const journal = open(path);
    const text = `${JSON.stringify({ at: 1, run: 'r', labourer: 'l', id: 'ü', kind: 'given' })}\n`;
    const bytes = Buffer.from(text);
    const cut = bytes.indexOf(Buffer.from('ü')) + 1; // in the middle of a character
    appendFileSync(path, bytes.subarray(0, cut));
    expect(journal.readNew()).toEqual([]);
    appendFileSync(path, bytes.subarray(cut));
    expect(ids(journal.readNew())).toEqual(['ü']);
  });

  it('loses no line to one that a kill tore off', () => {
    const path = join(tempFolder(), 'j');
    open(path).write('l', 'a', { kind: 'given' });
    appendFileSync(path, '{"at":1,"run":"r","lab');
    open(path).write('l', 'b', { kind: 'given' });
    expect(ids(readJournal(path))).toEqual(['a', 'b']);
  });

  it('passes by what is no line', () => {
    const path = join(tempFolder(), 'j');
    writeFileSync(path, 'null\n[]\n{"at":"x"}\n\n{"at":1,"run":"r","labourer":"l","id":"a","kind":"given"}\n');
    expect(ids(readJournal(path))).toEqual(['a']);
  });

  it('refuses a path that cannot be a file', () => {
    expect(() => new Journal(tempFolder())).toThrow(/cannot be written \(EISDIR\); give another folder with --data/);
  });
});
