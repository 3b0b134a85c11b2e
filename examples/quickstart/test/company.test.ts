import { expect, it } from 'vitest';
import type { Line } from '../src/record/line.ts';
import { Company } from '../src/remark.ts';

const START = 100_000;
const line = (run: string, at: number): Line => ({ at, run, labourer: 'l', id: 'a', kind: 'given' });
const remark = (company: Company, now: number, counts = {}): string | undefined =>
  company.remark({ running: 8, live: 0, longest: 3_400, ...counts }, START + now);

it('says that the leases of an earlier run are waited for, once it is clear that nothing else goes on', () => {
  const company = new Company('own', START);
  company.read([line('earlier', START - 1_000)]);
  expect(remark(company, 100)).toBeUndefined();
  expect(remark(company, 500)).toBe('waiting for 8 leases of an earlier run to run out, 3.4 s at most');
  expect(remark(company, 500, { running: 1 })).toMatch(/^waiting for 1 lease of/);
});

it('says nothing while this process is at work', () => {
  const company = new Company('own', START);
  expect(remark(company, 500, { live: 1 })).toBeUndefined();
  expect(remark(company, 500, { running: 0 })).toBeUndefined();
  company.read([line('own', START + 400)]);
  expect(remark(company, 500)).toBeUndefined();
});

it('tells a process that is at work from one that was killed', () => {
  const company = new Company('own', START);
  company.read([line('other', START + 400)]);
  expect(remark(company, 500)).toBe('another process works on the same folder');
  expect(remark(company, 9_000)).toMatch(/^waiting for 8 leases/);
});
