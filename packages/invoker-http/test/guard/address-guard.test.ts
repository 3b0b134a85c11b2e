import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { AddressGuard, rangeProblem } from '../../src/guard/address-guard.ts';

const guard = new AddressGuard([]);

describe('an address is public', () => {
  it.each([
    '8.8.8.8',
    '1.1.1.1',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '192.167.255.255',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])('%s', (address) => assert.equal(guard.problem(address), undefined));
});

describe('an address is not public', () => {
  it.each([
    ['127.0.0.1', /this very machine/],
    ['127.255.255.254', /this very machine/],
    ['0.0.0.0', /no address of anybody/],
    ['0.1.2.3', /no address of anybody/],
    ['10.0.0.1', /private/],
    ['172.16.0.1', /private/],
    ['172.31.255.255', /private/],
    ['192.168.1.1', /private/],
    ['100.64.0.1', /network of a provider/],
    ['100.100.100.200', /network of a provider/],
    ['169.254.169.254', /link-local/],
    ['169.254.170.2', /link-local/],
    ['168.63.129.16', /metadata/],
    ['192.0.0.192', /reserved/],
    ['192.0.2.1', /reserved/],
    ['198.18.0.1', /reserved/],
    ['203.0.113.5', /reserved/],
    ['224.0.0.1', /multicast/],
    ['255.255.255.255', /broadcast/],
    ['240.0.0.1', /reserved/],
    ['::', /no address of anybody/],
    ['::1', /this very machine/],
    ['::127.0.0.1', /not a public address/],
    ['::8.8.8.8', /not a public address/],
    ['::ffff:127.0.0.1', /127\.0\.0\.1 is this very machine/],
    ['::ffff:7f00:1', /127\.0\.0\.1 is this very machine/],
    ['::ffff:169.254.169.254', /link-local/],
    ['::ffff:0:127.0.0.1', /reserved/],
    ['64:ff9b::127.0.0.1', /this very machine/],
    ['64:ff9b::a9fe:a9fe', /link-local/],
    ['64:ff9b:1::1', /reserved/],
    ['2002:7f00:1::', /reserved/],
    ['2001:0:7f00:1::', /reserved/],
    ['fe80::1', /link-local/],
    ['fe80::1%eth0', /link-local/],
    ['fec0::1', /reserved/],
    ['fc00::1', /private/],
    ['fd00:ec2::254', /private/],
    ['ff02::1', /multicast/],
    ['100::1', /reserved/],
    ['2001:db8::1', /reserved/],
    ['4000::1', /not a public address/],
    ['localhost', /no address/],
    ['0177.0.0.1', /no address/],
    ['2130706433', /no address/],
    ['', /no address/],
  ])('%s', (address, problem) => assert.match(guard.problem(address) ?? '', problem));
});

describe('a range that is named', () => {
  it('lets through what lies in it, however it is written, and nothing else', () => {
    const open = new AddressGuard(['10.1.0.0/16', '127.0.0.1', 'fd00::/8', '::1']);
    for (const each of ['10.1.0.0', '10.1.255.255', '::ffff:10.1.2.3', '127.0.0.1', '::ffff:127.0.0.1', 'fd12::1', '::1', '8.8.8.8'])
      assert.equal(open.problem(each), undefined, each);
    for (const each of ['10.2.0.0', '10.0.255.255', '127.0.0.2', 'fc00::1', '::2', '169.254.169.254'])
      assert.notEqual(open.problem(each), undefined, each);
  });

  it.each(['10.0.0.0/8', '10.1.2.3/8', '127.0.0.1', '::1', 'fd00::/8', '0.0.0.0/0'])('may be %s', (range) => {
    assert.equal(rangeProblem(range), undefined);
  });

  it.each([
    null,
    7,
    '',
    'localhost',
    '10/8',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    '10.0.0.0/x',
    '0x7f.0.0.1',
    'fe80::1%eth0',
    'fd00::/129',
  ])('cannot be %j', (range) =>
    assert.match(rangeProblem(range) ?? '', /is no range of addresses, but .*; give one such as 10\.1\.0\.0\/16/),
  );

  it('of IPv4 is not written as IPv6, where it would mean nothing', () => {
    assert.match(rangeProblem('::ffff:10.0.0.0/104') ?? '', /write it as IPv4/);
  });
});
