import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** Collects the names and values of one request's expressions: every attribute goes by a placeholder, whatever it is called. */
export class Expression {
  readonly #names = new Map<string, string>();
  readonly #values: Record<string, AttributeValue> = {};
  #count = 0;

  name(attribute: string): string {
    const known = this.#names.get(attribute);
    if (known !== undefined) return known;
    const placeholder = `#${this.#names.size}`;
    this.#names.set(attribute, placeholder);
    return placeholder;
  }

  value(value: AttributeValue): string {
    const placeholder = `:${this.#count}`;
    this.#count += 1;
    this.#values[placeholder] = value;
    return placeholder;
  }

  /** What the request carries beside its expressions. */
  bindings(): { ExpressionAttributeNames?: Record<string, string>; ExpressionAttributeValues?: Record<string, AttributeValue> } {
    return {
      ...(this.#names.size > 0 && {
        ExpressionAttributeNames: Object.fromEntries([...this.#names].map(([name, placeholder]) => [placeholder, name])),
      }),
      ...(this.#count > 0 && { ExpressionAttributeValues: this.#values }),
    };
  }
}

export interface Change {
  readonly set?: Readonly<Record<string, AttributeValue>>;
  /** An attribute from another as it was before the change. */
  readonly copy?: Readonly<Record<string, string>>;
  /** The same, or this value where there is no such attribute. */
  readonly copyOr?: Readonly<Record<string, readonly [attribute: string, value: AttributeValue]>>;
  /** A number, plus that of another attribute as it was before the change. DynamoDB adds up decimals, exactly. */
  readonly sum?: Readonly<Record<string, readonly [digits: string, attribute: string]>>;
  readonly add?: Readonly<Record<string, number>>;
  /** An element at the end of a list, which is made if it is not there. */
  readonly append?: Readonly<Record<string, AttributeValue>>;
  readonly remove?: readonly string[];
}

/** @returns undefined if nothing changes: such an update makes the item if it is not there */
export const changeText = (
  expression: Expression,
  { set = {}, copy = {}, copyOr = {}, sum = {}, add = {}, append = {}, remove = [] }: Change,
): string | undefined => {
  const sets = [
    ...Object.entries(set).map(([name, value]) => `${expression.name(name)} = ${expression.value(value)}`),
    ...Object.entries(copy).map(([to, from]) => `${expression.name(to)} = ${expression.name(from)}`),
    ...Object.entries(copyOr).map(
      ([to, [from, value]]) => `${expression.name(to)} = if_not_exists(${expression.name(from)}, ${expression.value(value)})`,
    ),
    ...Object.entries(sum).map(
      ([to, [digits, from]]) => `${expression.name(to)} = ${expression.value({ N: digits })} + ${expression.name(from)}`,
    ),
  ];
  for (const [name, element] of Object.entries(append)) {
    const list = expression.name(name);
    sets.push(`${list} = list_append(if_not_exists(${list}, ${expression.value({ L: [] })}), ${expression.value({ L: [element] })})`);
  }
  const adds = Object.entries(add).map(([name, by]) => `${expression.name(name)} ${expression.value({ N: String(by) })}`);
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => expression.name(name)).join(', ')}`] : []),
  ];
  return clauses.length === 0 ? undefined : clauses.join(' ');
};
