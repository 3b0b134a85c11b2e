import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Handler, NonRetryableError } from '@reeve/core';
import { codeOf } from '../refusal.ts';
import { licenceOf } from './licence.ts';
import { type Measure, measureFolder } from './measure-folder.ts';
import type { Storage } from './storage.ts';

/** What is known of one package when its task is completed: the result that the store keeps. */
export interface Inspection extends Measure {
  readonly licence: string;
}

/** Between heartbeats, in milliseconds; well below the length of the lease. */
const BEAT_EVERY = 1_000;

/** The worker of `inspect-package`: reads the files of one package, and answers licence, files, lines and size. */
export const inspectPackage =
  (storage: Storage): Handler<{ readonly folder: string }> =>
  async ({ folder }, context): Promise<Inspection> => {
    let beat = performance.now();
    const onFile = async (): Promise<void> => {
      context.signal.throwIfAborted();
      if (performance.now() - beat < BEAT_EVERY) return;
      beat = performance.now();
      if (!(await context.heartbeat())) throw new Error('the lease is lost: another attempt may have started');
    };
    await storage.answer(context);
    try {
      const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => ''); // none is no failure: licence unknown
      return { licence: licenceOf(manifest), ...(await measureFolder(folder, onFile)) };
    } catch (error) {
      // Permission does not come by waiting, and neither does a folder that somebody removed.
      if (['ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error) ?? '')) throw new NonRetryableError((error as Error).message);
      throw error;
    }
  };
