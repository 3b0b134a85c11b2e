import { describe, expect, it } from 'vitest';
import { contractPage } from '../../src/contract/contract-page.ts';
import { promisesIn } from '../../src/contract/promises.ts';

const source = `
export interface Other {
  /** Nothing is promised. */
  nothing(): void;
}

export interface Shop {
  /**
   * Takes goods.
   *
   * S1 No thing is
   *    sold twice.
   * S2 As S1 says,
   *    S1 holds.
   *
   * And so on.
   * @throws a fit
   */
  sell(what: string): Promise<void>;

  /** S3 It is open. */
  readonly open?: boolean;
}
`;

const promises = promisesIn('ports/shop.ts', source);
const page = (over: object = {}) =>
  contractPage({
    promises,
    cases: ['S1 one', 'S1 two', 'S2 three', 'all at random'],
    elsewhere: { S3: 'by hand' },
    others: ['all'],
    ...over,
  });

describe('the promises in the comments of a port', () => {
  it('have a number, a text, and the member they are of', () => {
    expect(promises).toEqual([
      {
        port: 'Shop',
        verb: 'sell',
        file: 'ports/shop.ts',
        about: 'Takes goods. And so on.',
        promises: [
          { number: 'S1', text: 'No thing is sold twice.' },
          { number: 'S2', text: 'As S1 says, S1 holds.' },
        ],
      },
      { port: 'Shop', verb: 'open', file: 'ports/shop.ts', about: '', promises: [{ number: 'S3', text: 'It is open.' }] },
    ]);
  });

  it('are on the page with the number of their cases', () => {
    const { text, problems } = page();
    expect(problems).toEqual([]);
    expect(text).toContain('### `sell`\n\nTakes goods. And so on.\n\n- **S1** No thing is sold twice. _(2 cases)_\n');
    expect(text).toContain('- **S2** As S1 says, S1 holds. _(1 case)_');
    expect(text).toContain('- **S3** It is open. _(by hand)_');
    expect(text).toContain('There are 3 promises and 4 cases');
  });
});

describe('the page is refused', () => {
  it('for a promise without a case', () => {
    expect(page({ elsewhere: {} }).problems).toEqual(['S3 has no case']);
  });

  it('for a case of what nobody promises', () => {
    expect(page({ others: [] }).problems).toEqual(['cases of all, which no port promises']);
  });

  it('for a number that is given twice', () => {
    expect(page({ promises: [...promises, ...promises.slice(1)] }).problems).toEqual(['S3 is promised twice']);
  });

  it('for a reason why there is no case, where there is one or nothing is promised', () => {
    expect(page({ elsewhere: { S2: 'by hand', S3: 'by hand', S9: 'by hand' } }).problems).toEqual([
      'S2 is said to be tried elsewhere, and has cases',
      'S9 is said to be tried elsewhere, and no port promises it',
    ]);
  });
});
