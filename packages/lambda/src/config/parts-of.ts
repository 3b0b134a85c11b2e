import { dynamodbStore } from '@reeve/adapter-dynamodb';
import type { Json, ReeveOptions } from '@reeve/core';
import { lambdaInvoker } from '@reeve/invoker-lambda';
import type { ContainerModule } from 'inversify';
import { type DeadTasksOptions, deadTasksToSns } from '../alarms/dead-tasks-to-sns.ts';
import type { AllSettings } from '../handlers/settings.ts';
import type { Parts } from '../setup/setup.ts';
import { type ConfigValue, isDict } from './piece.ts';
import { invalidConfig } from './read-text.ts';
import { TOP_LEVEL } from './top-level.ts';

/**
 * Parts of a configuration, but for those that are given: DynamoDB, Lambda and, if a labourer has a metric of it, CloudWatch. Whether the
 * values will do, each part says by itself when the composition is made.
 * @throws ReeveError INVALID_CONFIG
 */
export const partsOf = async (value: ConfigValue, given: Partial<Parts> = {}): Promise<Parts> => {
  checkNames(value);
  const { store = {}, invoker = {}, ecology = {}, alarms = {}, lambda, ...others } = value;
  const { deadTasks: sns, ...otherAlarms } = dictOf('alarms', alarms);
  refuseOthers('alarms', otherAlarms, 'deadTasks');
  const own: Parts = {
    ...(others as unknown as Omit<ReeveOptions, 'use'>),
    ...(!given.store && { store: dynamodbStore(dictOf('store', store)) }),
    ...(!given.invoker && { invoker: lambdaInvoker(dictOf('invoker', invoker)) }),
    ...(!given.ecology && { ecology: await ecologyOf(value, dictOf('ecology', ecology)) }),
    ...(lambda !== undefined && { lambda: lambda as AllSettings }),
  };
  const alarm = sns === undefined ? [] : [deadTasksToSns(dictOf('alarms.deadTasks', sns) as unknown as DeadTasksOptions)];
  return { ...own, ...given, use: [...alarm, ...(given.use ?? [])] };
};

const checkNames = (value: ConfigValue): void => {
  const unknown = Object.keys(value).filter((name) => !TOP_LEVEL.includes(name));
  const line = (name: string): string => `  ${name}: is not known here; known are ${TOP_LEVEL.join(', ')}`;
  if (unknown.length > 0) throw invalidConfig(['The configuration cannot be used:', ...unknown.map(line)].join('\n'));
};

const refuseOthers = (path: string, others: ConfigValue, known: string): void => {
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw invalidConfig(`The configuration cannot be used:\n  ${path}.${other}: is not known here; known is ${known}. Give others in code`);
};

const dictOf = (path: string, value: Json): ConfigValue => {
  if (isDict(value)) return value;
  throw invalidConfig(`The configuration cannot be used:\n  ${path}: is no object; give one, or leave it out`);
};

const ecologyOf = async (
  value: ConfigValue,
  { cloudwatch = hasCloudwatch(value), ...others }: ConfigValue,
): Promise<readonly ContainerModule[]> => {
  refuseOthers('ecology', others, 'cloudwatch');
  if (cloudwatch === false) return [];
  const options = cloudwatch === true ? {} : dictOf('ecology.cloudwatch', cloudwatch);
  // Not for those who have no metric of it, and it need not be installed for them.
  try {
    const { cloudwatchEcology } = await import('@reeve/ecology-cloudwatch');
    return [cloudwatchEcology(options)];
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    if (!isMissing) throw error;
    throw invalidConfig('A metric is read from CloudWatch, and @reeve/ecology-cloudwatch is not there; install it', error);
  }
};

const SOSW_MEMBERS = ['details', 'feelings', 'feeling_comparison_operator'];

/** In Reeve's form a metric names its source; sosw's have only this one. */
const hasCloudwatch = ({ metrics, labourers }: ConfigValue): boolean => {
  const ofLabourers = isDict(labourers)
    ? Object.values(labourers).map((each) => isDict(each) && isDict(each['health']) && each['health']['metrics'])
    : [];
  return [metrics, ...ofLabourers].some((all) => isDict(all) && Object.values(all).some(isOfCloudwatch));
};

const isOfCloudwatch = (metric: Json): boolean =>
  isDict(metric) && (metric['source'] === 'cloudwatch' || SOSW_MEMBERS.some((each) => metric[each] !== undefined));
