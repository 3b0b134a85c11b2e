/** As much of CloudFormation as names and ARNs take: which resource has which, and what Ref, Fn::GetAtt, Fn::Join and Fn::Sub make of them. */
import { type Template, textIn, type Value, type Values } from '../fixtures/template.ts';

export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'Shop',
  'AWS::NoValue': '',
};

export interface Resolver {
  /** The name that a resource is given. */
  readonly nameOf: (id: string) => string;
  readonly text: (value: Value | undefined) => string;
}

/** @param prefix put before the names of tables, of which a server may hold those of other tests */
export const resolverOf = (template: Template, prefix: string, given: Readonly<Record<string, string>> = {}): Resolver => {
  const defaults = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]) =>
    Default === undefined ? [] : [[name, textIn(Default)]],
  );
  const parameters: Readonly<Record<string, string>> = { ...Object.fromEntries(defaults), ...given };
  const nameOf = (id: string): string => {
    const resource = template.Resources[id];
    if (!resource) throw new Error(`${id} is no resource of the template`);
    const named = resource.Properties['TableName'] ?? resource.Properties['FunctionName'];
    const own = named === undefined ? '' : text(named);
    if (own !== '') return own;
    return resource.Type === 'AWS::DynamoDB::Table' ? `${prefix}${id}` : id;
  };
  const arnOf = (id: string): string => {
    const type = template.Resources[id]?.Type;
    if (type === 'AWS::DynamoDB::Table') return `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${nameOf(id)}`;
    if (type === 'AWS::Lambda::Function') return `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${nameOf(id)}`;
    return `arn:aws:${type}:${REGION}:${ACCOUNT}:${nameOf(id)}`;
  };
  const text = (value: Value | undefined): string => {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${JSON.stringify(value)} is no text`);
    const [[verb, of] = []] = Object.entries(value as Values);
    if (verb === 'Ref') return PSEUDO[textIn(of)] ?? parameters[textIn(of)] ?? nameOf(textIn(of));
    if (verb === 'Fn::GetAtt') return arnOf(textIn((of as readonly Value[])[0]));
    if (verb === 'Fn::If') {
      // A parameter that nobody gives is `none`, and the condition that it is given is called after it.
      const [condition, so, otherwise] = of as readonly [string, Value, Value];
      return text(parameters[condition.replace(/^Has/, '')] === 'none' ? otherwise : so);
    }
    if (verb === 'Fn::Join') {
      const [between, parts] = of as readonly [string, readonly Value[]];
      return parts.map(text).join(between);
    }
    throw new Error(`${verb} is not known here`);
  };
  return { nameOf, text };
};
