/** The built entry, as a person starts it. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const entry = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** @param stopAt is sent Ctrl-C at the first output that this is true of */
const start = (args: readonly string[], stopAt: (text: string) => boolean = () => false) =>
  new Promise<{ readonly end: unknown; readonly text: string; readonly complaint: string }>((resolve, reject) => {
    let [text, complaint, isStopped] = ['', '', false];
    const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (!isStopped && stopAt(text)) isStopped = child.kill('SIGINT');
    });
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      complaint += part;
    });
    child.once('error', reject).once('close', (code, signal) => resolve({ end: signal ?? code, text, complaint }));
  });

/** A machine with much else to do takes its time. */
const PATIENT = { timeout: 400_000 };

describe.each([['dynamodb'], ['sqlite']])('on %s', (store) => {
  test('every order comes out as it should, through everything that happens, and it ends by itself', PATIENT, async () => {
    const { end, text, complaint } = await start(['--store', store, '--orders', '16']);
    expect({ end, complaint }).toEqual({ end: 0, complaint: '' });
    expect(text).toContain('20 orders: 19 paid, once each (362.10), 1 declined.\n19 receipts');
    expect(text).toMatch(/lost the answer to 2, and throttled [01];/);
    expect(text).toMatch(/of 5 dead ones 4 are queued again/);
    expect(text).toContain('agree on every order');
  });
});

test('stopped in the middle, it ends soon', PATIENT, async () => {
  const { end, complaint } = await start([], (text) => text.includes('orders come in'));
  expect({ end, complaint }).toEqual({ end: 130, complaint: '' });
});

test.each([
  [['--orders', '5'], '--orders: 5 is none; give 16 to 400'],
  [['--store', 'oracle'], '--store: there is no oracle; give dynamodb or sqlite'],
  [['--stroe', 'sqlite'], "'--stroe'"],
])('%j is refused in one line', async (args, problem) => {
  const { end, complaint } = await start(args);
  expect([end, complaint.trim().split('\n').length]).toEqual([2, 1]);
  expect(complaint).toContain(problem);
});

test('says what it can do', async () => {
  expect(await start(['--help'])).toMatchObject({ end: 0, text: expect.stringContaining('--store dynamodb|sqlite') });
});
