import { expect, it } from 'vitest';
import { readOptions } from '../src/options.ts';
import { Refusal } from '../src/refusal.ts';

it('has a default for everything', () => {
  expect(readOptions([])).toEqual({ latency: 150, exit: false, help: false });
});

it('takes every option, with a space or an equals sign', () => {
  const options = readOptions(['--data', 'd', '--report=r.json', '--packages', 'p', '--latency', '0', '--exit', '-h']);
  expect(options).toEqual({ data: 'd', report: 'r.json', packages: 'p', latency: 0, exit: true, help: true });
  expect(readOptions(['--data=--exit']).data).toBe('--exit');
});

it.each([
  [['--dta', 'd'], /^--dta: there is no such option/],
  [['--no-exit'], /^--no-exit: there is no such option/],
  [['--toString'], /^--toString: there is no such option/],
  [['-d'], /^-d: there is no such option/],
  [['--data'], /^--data: its value is missing/],
  [['--data='], /^--data: its value is missing/],
  [['--data', '--exit'], /^--data: its value is missing/],
  [['--exit=yes'], /^--exit: it takes no value/],
  [['out.json'], /^out\.json: nothing is expected here; options come after two dashes/],
  [['--latency', 'fast'], /^--latency: fast is no length of time/],
  [['--latency', '60001'], /^--latency: 60001 is no/],
  [['--latency=-1'], /^--latency: -1 is no/],
])('refuses %j with its remedy', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
  expect(() => readOptions(args)).toThrow(Refusal);
});
