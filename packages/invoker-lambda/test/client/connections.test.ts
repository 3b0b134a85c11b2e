import assert from 'node:assert/strict';
import { describe, it } from 'vitest';
import { neverSent } from '../../src/client/connections.ts';

const failed = (syscall: string): Error => Object.assign(new Error(syscall), { syscall });

describe('a request certainly was not sent', () => {
  it.each([
    ['if it did not connect', failed('connect'), true],
    ['if its host was not found', failed('getaddrinfo'), true],
    ['if it connected to none of the addresses of its host', new AggregateError([failed('connect'), failed('connect')]), true],
    ['but not if one of several failed otherwise', new AggregateError([failed('connect'), failed('read')]), false],
    ['but not if nobody says what failed', new AggregateError([]), false],
    ['but not if it was being sent', failed('write'), false],
    ['but not if the answer was being read', failed('read'), false],
    ['but not for any other error', new Error('connect'), false],
    ['but not for no error at all', undefined, false],
  ])('%s', (_, error, expected) => {
    assert.equal(neverSent(error), expected);
  });
});
