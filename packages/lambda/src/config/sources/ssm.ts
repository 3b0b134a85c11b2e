import { loadSdk } from '../../aws/sdk.ts';
import type { ConfigSource, Piece } from '../piece.ts';
import { invalidConfig, readText } from '../read-text.ts';

/** As much of `SSM` of @aws-sdk/client-ssm as is used. */
export interface SsmClient {
  getParametersByPath(input: {
    Path: string;
    Recursive: boolean;
    WithDecryption: boolean;
    MaxResults: number;
    NextToken?: string;
  }): Promise<SsmPage>;
}

export interface SsmPage {
  readonly Parameters?: readonly SsmParameter[] | undefined;
  readonly NextToken?: string | undefined;
}

export interface SsmParameter {
  readonly Name?: string | undefined;
  readonly Value?: string | undefined;
  readonly Type?: string | undefined;
}

export interface SsmOptions {
  /** Such as `/reeve/production`: `/reeve/production/labourers/mill/target` is `labourers.mill.target`, `/reeve/production/config` the whole. */
  readonly path: string;
  /** Default: an `SSM` of the runtime's own SDK. */
  readonly client?: SsmClient;
}

/** What one answer has at most. */
const PAGE = 10;

/** Parameters of SSM Parameter Store below a path. Those of the type SecureString are decrypted, and told in no message. */
export const fromSsm = ({ path, client }: SsmOptions): ConfigSource => {
  const below = path.replace(/\/+$/, '');
  let own = client;
  return {
    kind: 'ssm',
    name: `SSM ${below}`,
    read: async () => {
      if (!below.startsWith('/'))
        throw invalidConfig(`fromSsm.path is ${JSON.stringify(path)}; give a path that begins with "/", such as /reeve/production`);
      own ??= await ownClient();
      const pieces: Piece[] = [];
      let token: string | undefined;
      do {
        const page: SsmPage = await own.getParametersByPath({
          Path: below,
          Recursive: true,
          WithDecryption: true,
          MaxResults: PAGE,
          ...(token !== undefined && { NextToken: token }),
        });
        pieces.push(...(page.Parameters ?? []).flatMap((each) => pieceOf(below, each)));
        token = page.NextToken;
      } while (token !== undefined);
      return pieces.sort((a, b) => a.path.length - b.path.length || (a.from < b.from ? -1 : 1));
    },
  };
};

const ownClient = async (): Promise<SsmClient> => {
  const { SSM } = await loadSdk<{ readonly SSM: new (config: object) => SsmClient }>('@aws-sdk/client-ssm', 'fromSsm');
  return new SSM({});
};

const pieceOf = (below: string, { Name: name = '', Value: text, Type: type }: SsmParameter): readonly Piece[] => {
  if (text === undefined || !name.startsWith(`${below}/`)) return [];
  const names = name.slice(below.length + 1).split('/');
  const from = `SSM ${name}`;
  const value = type === 'StringList' ? text.split(',') : readText(text, from);
  return [
    { path: names.length === 1 && names[0] === 'config' ? [] : names, value, from, ...(type === 'SecureString' && { isSecret: true }) },
  ];
};
