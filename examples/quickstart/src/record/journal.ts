import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { codeOf, Refusal } from '../refusal.ts';
import { type Deed, type Line, readLine, writeLine } from './line.ts';

/**
 * The record that the report is checked against: a file of its own beside the store, that lines are only ever added to. Each is with
 * the operating system before its writer goes on, so it outlives a kill -9; the file is shared by all processes of the folder.
 */
export class Journal {
  readonly run: string = randomUUID().slice(0, 8);
  readonly #file: number;
  #read = 0;
  #rest: Buffer = Buffer.alloc(0);

  /** @throws Refusal if the file cannot be opened */
  constructor(path: string) {
    try {
      this.#file = openSync(path, 'a+');
      this.#endTornLine();
    } catch (error) {
      throw new Refusal(`${path} cannot be written (${codeOf(error) ?? 'unknown'}); give another folder with --data`);
    }
  }

  write(labourer: string, id: string, deed: Deed): void {
    writeSync(this.#file, writeLine({ at: Date.now(), run: this.run, labourer, id, ...deed }));
  }

  /** The lines that were added since the last call, whoever wrote them. */
  readNew(): readonly Line[] {
    const { size } = fstatSync(this.#file);
    const added = Buffer.alloc(Math.max(0, size - this.#read));
    this.#read += readSync(this.#file, added, 0, added.length, this.#read);
    const text = Buffer.concat([this.#rest, added]);
    const end = text.lastIndexOf('\n') + 1;
    this.#rest = text.subarray(end);
    return linesOf(text.toString('utf8', 0, end));
  }

  close(): void {
    closeSync(this.#file);
  }

  /** What a killed process left unfinished would swallow the next line. */
  #endTornLine(): void {
    const { size } = fstatSync(this.#file);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.#file, last, 0, 1, size - 1) === 1 && last[0] !== 10) writeSync(this.#file, '\n');
  }
}

/** The whole of a journal, in the order in which it was written. */
export const readJournal = (path: string): readonly Line[] => linesOf(readFileSync(path, 'utf8'));

const linesOf = (text: string): readonly Line[] => text.split('\n').flatMap((each) => readLine(each) ?? []);
