import { type FileHandle, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface Measure {
  readonly files: number;
  /** Of text files alone. */
  readonly lines: number;
  readonly bytes: number;
}

const CHUNK = 64 * 1024;
const NEWLINE = 10;

/**
 * Reads every file of a package; the packages nested inside it are tasks of their own.
 * @param onFile called before each file; what it throws ends the reading
 */
export const measureFolder = async (folder: string, onFile: () => Promise<void>): Promise<Measure> => {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const total = { files: 0, lines: 0, bytes: 0 };
  for (const pending = [folder]; ; ) {
    const current = pending.pop();
    if (current === undefined) return total;
    for (const entry of await readdir(current, { withFileTypes: true })) {
      const path = join(current, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules') pending.push(path);
      if (!entry.isFile()) continue; // a link leads elsewhere, a socket nowhere
      await onFile();
      const { lines, bytes } = await measureFile(path, buffer);
      total.files += 1;
      total.lines += lines;
      total.bytes += bytes;
    }
  }
};

const measureFile = async (path: string, buffer: Buffer): Promise<Omit<Measure, 'files'>> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return { lines: await linesOf(file, buffer), bytes: size };
  } finally {
    await file.close();
  }
};

/** 0 for a binary file: one with a NUL in its first chunk, as git tells them. A last line without an end counts. */
const linesOf = async (file: FileHandle, buffer: Buffer): Promise<number> => {
  let lines = 0;
  let last = NEWLINE;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK, position);
    if (bytesRead === 0) return last === NEWLINE ? lines : lines + 1;
    const chunk = buffer.subarray(0, bytesRead);
    if (position === 0 && chunk.includes(0)) return 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) lines += 1;
    last = chunk[bytesRead - 1] ?? NEWLINE;
    position += bytesRead;
  }
};
