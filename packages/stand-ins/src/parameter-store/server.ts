import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { type AccessKey, authenticate, matches } from '../secrets-manager/access.ts';
import { ServiceError } from '../secrets-manager/error.ts';

export interface StoredParameter {
  readonly type: 'String' | 'StringList' | 'SecureString';
  /** The first version first. */
  readonly versions: { readonly value: string; readonly changed: number; readonly labels?: readonly string[] }[];
}

/** What a test may set before and while the stand-in runs. */
export interface ParameterStoreBehaviour {
  /** By access key id. Without any, every key and every signature is taken. */
  accessKeys?: Readonly<Record<string, AccessKey>>;
  /** ARN patterns that the caller's policy allows; everything without it. */
  allow?: Readonly<{ GetParameters?: readonly string[]; DescribeParameters?: readonly string[]; Decrypt?: boolean }>;
  /** So many requests are answered with ThrottlingException first. */
  throttle?: number;
  /** Milliseconds before each answer; `Infinity` never answers. */
  delay?: number;
}

export interface ParameterRequest {
  readonly operation: string;
  readonly names: readonly string[];
  readonly decrypt: boolean;
  readonly region: string;
}

/** SSM Parameter Store on loopback: AWS JSON 1.1, for AWS_ENDPOINT_URL_SSM. Parameters are the same in every region. */
export interface ParameterStoreStandIn extends StandIn {
  readonly behaviour: ParameterStoreBehaviour;
  readonly parameters: Map<string, StoredParameter>;
  put(name: string, value: string, more?: { type?: StoredParameter['type']; changed?: number }): void;
  readonly requests: readonly ParameterRequest[];
  readonly peak: number;
}

interface Input {
  readonly Names?: readonly string[];
  readonly WithDecryption?: boolean;
  readonly ParameterFilters?: readonly {
    readonly Key: string;
    readonly Option?: string;
    readonly Values: readonly string[];
  }[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

const ACCOUNT = '123456789012';
const PRINCIPAL = `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/delivery`;

export async function startParameterStore(behaviour: ParameterStoreBehaviour = {}): Promise<ParameterStoreStandIn> {
  const parameters = new Map<string, StoredParameter>();
  const requests: ParameterRequest[] = [];
  let open = 0;
  let peak = 0;

  const arnOf = (name: string, region: string) =>
    `arn:aws:ssm:${region}:${ACCOUNT}:parameter/${name.replace(/^\//, '')}`;

  function allow(operation: 'GetParameters' | 'DescribeParameters', arn: string): void {
    const patterns = behaviour.allow === undefined ? ['*'] : (behaviour.allow[operation] ?? []);
    if (patterns.some((pattern) => matches(pattern, arn))) return;
    throw new ServiceError(
      'AccessDeniedException',
      `User: ${PRINCIPAL} is not authorized to perform: ssm:${operation} on resource: ${arn} because no identity-based policy allows the ssm:${operation} action`,
    );
  }

  function getParameters({ Names = [], WithDecryption = false }: Input, region: string): object {
    if (Names.length === 0 || Names.length > 10)
      throw new ServiceError('ValidationException', 'names: Member must have length less than or equal to 10');
    const asked = Names.map((given) => {
      const name = given.startsWith('arn:') ? `/${given.split(':parameter/')[1] ?? ''}` : given;
      const [, bare = name, selector] = /^([^:]+):([^/:]+)$/.exec(name) ?? [];
      return { given, bare, selector };
    });
    for (const { bare } of asked) allow('GetParameters', arnOf(bare, region));
    const found = asked.flatMap(({ given, bare, selector }) => {
      const stored = parameters.get(bare);
      const index =
        selector === undefined
          ? (stored?.versions.length ?? 0) - 1
          : (stored?.versions.findIndex((each, at) => String(at + 1) === selector || each.labels?.includes(selector)) ??
            -1);
      const version = stored?.versions[index];
      if (stored === undefined || version === undefined) return [];
      if (WithDecryption && stored.type === 'SecureString' && behaviour.allow?.Decrypt === false)
        throw new ServiceError(
          'AccessDeniedException',
          `User: ${PRINCIPAL} is not authorized to perform: kms:Decrypt on this resource because no identity-based policy allows the kms:Decrypt action`,
        );
      const hidden = stored.type === 'SecureString' && !WithDecryption;
      return {
        given,
        answer: {
          Name: bare,
          Type: stored.type,
          Value: hidden ? `AQICAHh-ciphertext-${index}` : version.value,
          Version: index + 1,
          ...(selector === undefined ? {} : { Selector: `:${selector}` }),
          LastModifiedDate: version.changed / 1000,
          ARN: arnOf(bare, region),
          DataType: 'text',
        },
      };
    });
    return {
      Parameters: found.map(({ answer }) => answer),
      InvalidParameters: Names.filter((name) => !found.some(({ given }) => given === name)),
    };
  }

  function describeParameters(
    { ParameterFilters = [], MaxResults = 50, NextToken = '0' }: Input,
    region: string,
  ): object {
    allow('DescribeParameters', `arn:aws:ssm:${region}:${ACCOUNT}:*`);
    const [folder = '/'] = ParameterFilters.find(({ Key }) => Key === 'Path')?.Values ?? [];
    const start = folder === '/' ? '/' : `${folder}/`;
    const names = [...parameters.keys()].filter(
      (name) => name.startsWith(start) && !name.slice(start.length).includes('/'),
    );
    const from = Number(NextToken);
    const next = from + MaxResults < names.length ? { NextToken: String(from + MaxResults) } : {};
    return { Parameters: names.slice(from, from + MaxResults).map((Name) => ({ Name })), ...next };
  }

  function answer(exchange: Exchange): object {
    const operation = String(exchange.headers['x-amz-target'] ?? '').replace(/^AmazonSSM\./, '');
    const input = JSON.parse(exchange.body.toString('utf8') || '{}') as Input;
    const { accessKeys } = behaviour;
    const { region, service } = authenticate(exchange, accessKeys === undefined ? {} : { accessKeys });
    if (service !== 'ssm')
      throw new ServiceError('InvalidSignatureException', `Credential should be scoped to correct service: 'ssm'.`);
    requests.push({ operation, names: input.Names ?? [], decrypt: input.WithDecryption ?? false, region });
    if ((behaviour.throttle ?? 0) > 0) {
      behaviour.throttle = (behaviour.throttle ?? 0) - 1;
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    }
    if (operation === 'GetParameters') return getParameters(input, region);
    if (operation === 'DescribeParameters') return describeParameters(input, region);
    throw new ServiceError('UnknownOperationException', `no operation ${operation} here`);
  }

  const server = await listen(async (exchange) => {
    open += 1;
    peak = Math.max(peak, open);
    exchange.response.once('close', () => {
      open -= 1;
    });
    if (behaviour.delay === Number.POSITIVE_INFINITY) return;
    await new Promise((resolve) => setTimeout(resolve, behaviour.delay ?? 0));
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    try {
      sendJson(exchange.response, 200, answer(exchange), type);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      sendJson(exchange.response, error.status, { __type: error.type, message: error.message }, type);
    }
  });
  return {
    ...server,
    behaviour,
    parameters,
    put(name, value, { type = 'SecureString', changed = Date.now() } = {}) {
      const stored = parameters.get(name) ?? { type, versions: [] };
      stored.versions.push({ value, changed });
      parameters.set(name, stored);
    },
    requests,
    get peak() {
      return peak;
    },
  };
}
