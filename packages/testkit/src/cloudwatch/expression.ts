/** A series: the value at each instant, in seconds. A number counts at every instant. */
export type Operand = ReadonlyMap<number, number> | number;

/**
 * Works out the arithmetic of metric math: ids, numbers, `+ - * /`, brackets. Of two series, the instants count that both have.
 * @throws Error if it is anything else, or names what is not there
 */
export const evaluate = (expression: string, operandOf: (id: string) => Operand | undefined): Operand => {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|[-+*/()]|\S/g) ?? [];
  let next = 0;
  const fail = (): never => {
    throw new Error(`Error in expression: unexpected "${tokens[next] ?? 'end'}" in ${expression}`);
  };
  const take = (...signs: readonly string[]): string | undefined => {
    const token = tokens[next];
    if (token === undefined || !signs.includes(token)) return undefined;
    next += 1;
    return token;
  };
  const one = (): Operand => {
    if (take('-')) return combine('-', 0, one());
    if (take('(')) {
      const inner = terms();
      return take(')') ? inner : fail();
    }
    const token = tokens[next] ?? fail();
    const operand = /^\d/.test(token) ? Number(token) : operandOf(token);
    if (operand === undefined) return fail();
    next += 1;
    return operand;
  };
  const factors = (): Operand => {
    let left = one();
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) left = combine(sign, left, one());
    return left;
  };
  const terms = (): Operand => {
    let left = factors();
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) left = combine(sign, left, factors());
    return left;
  };
  const result = terms();
  return next === tokens.length ? result : fail();
};

const apply = (sign: string, a: number, b: number): number => (sign === '+' ? a + b : sign === '-' ? a - b : sign === '*' ? a * b : a / b);

const combine = (sign: string, a: Operand, b: Operand): Operand => {
  if (typeof a === 'number' && typeof b === 'number') return apply(sign, a, b);
  const instants = typeof a === 'number' ? [...(b as ReadonlyMap<number, number>).keys()] : [...a.keys()];
  const at = (operand: Operand, instant: number): number | undefined => (typeof operand === 'number' ? operand : operand.get(instant));
  return new Map(
    instants.flatMap((instant): (readonly [number, number])[] => {
      const [left, right] = [at(a, instant), at(b, instant)];
      // What was divided by zero has no point.
      if (left === undefined || right === undefined || (sign === '/' && right === 0)) return [];
      return [[instant, apply(sign, left, right)]];
    }),
  );
};
