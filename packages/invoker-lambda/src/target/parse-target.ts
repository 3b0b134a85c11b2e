/** A function's address, taken apart. */
export interface Target {
  readonly name: string;
  /** A version, an alias or `$LATEST`. */
  readonly qualifier?: string;
  /** Of a whole ARN. */
  readonly region?: string;
}

// The patterns of FunctionName and Qualifier in the reference of Lambda's Invoke.
const REGION = /(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d/.source;
const NAME = /(?<name>[a-zA-Z0-9-_.]+)(?::(?<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?/.source;
const WHOLE_ARN = new RegExp(`^arn:aws[a-zA-Z-]*:lambda:(?<region>${REGION}):\\d{12}:function:${NAME}$`);
const PARTIAL = new RegExp(`^(?:\\d{12}:)?(?:function:)?${NAME}$`);

/** The longest whole ARN, and the longest name by itself, in characters; from the same page. */
const LONGEST_ARN = 256;
const LONGEST_NAME = 64;
/** From the reference of CreateAlias. */
const LONGEST_ALIAS = 128;

/** @returns the parts, or what is wrong in words that say what would be right */
export const parseTarget = (text: string): Target | string => {
  if (text === '') return 'is missing; give the name or the ARN of a Lambda function';
  if (text.length > LONGEST_ARN) return `is ${text.length} characters long; an ARN has at most ${LONGEST_ARN}`;
  const isArn = text.startsWith('arn:');
  const groups = (isArn ? WHOLE_ARN : PARTIAL).exec(text)?.groups;
  const name = groups?.['name'];
  if (name === undefined) return `${JSON.stringify(text)} is not the address of a Lambda function; ${isArn ? ARN_REMEDY : NAME_REMEDY}`;
  if (name.length > LONGEST_NAME) return `names a function of ${name.length} characters; a name has at most ${LONGEST_NAME}`;
  const { qualifier, region } = groups ?? {};
  const problem = qualifier === undefined ? undefined : qualifierProblem(qualifier);
  return problem ?? { name, ...(qualifier !== undefined && { qualifier }), ...(region !== undefined && { region }) };
};

const ARN_REMEDY = 'an ARN is like arn:aws:lambda:eu-west-1:123456789012:function:thumbnails or the same with :PROD or :7 at its end';
const NAME_REMEDY =
  'give a name (thumbnails), a name with version or alias (thumbnails:PROD), a partial ARN (123456789012:function:thumbnails) or a whole one';

const qualifierProblem = (qualifier: string): string | undefined => {
  if (/^0\d*$/.test(qualifier)) return `has the version ${qualifier}; versions count from 1, and an alias is not a number`;
  if (qualifier.length > LONGEST_ALIAS) return `has an alias of ${qualifier.length} characters; an alias has at most ${LONGEST_ALIAS}`;
  return undefined;
};
