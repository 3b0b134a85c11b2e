export interface FunctionAddress {
  readonly name: string;
  readonly qualifier?: string;
}

// The pattern of FunctionName in the reference of Lambda's Invoke: a name, a partial or a whole ARN, each with or without qualifier.
const ADDRESS =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d:)?(?:\d{12}:)?(?:function:)?(?<name>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?$/;

/** Takes a function's name or ARN apart. `undefined`: it is neither. */
export const parseFunctionName = (text: string): FunctionAddress | undefined => {
  const groups = text.length <= 256 ? ADDRESS.exec(text)?.groups : undefined;
  const name = groups?.['name'];
  if (name === undefined) return undefined;
  const qualifier = groups?.['qualifier'];
  return { name, ...(qualifier !== undefined && { qualifier }) };
};
