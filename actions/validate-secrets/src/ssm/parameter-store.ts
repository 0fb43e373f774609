import type { Run } from '@delivery-actions/action-kit';
import { type HttpClient, HttpFailure } from '@delivery-actions/http';
import { backoff, type Clock, sleep } from '@delivery-actions/waiting';
import type { Failure } from '../aws/answer.ts';
import { unlessAborted } from '../aws/unless-aborted.ts';
import { asObject, type JsonObject } from '../json-object.ts';
import type { AwsLogin } from './aws-login.ts';
import { type AwsCredentials, signedHeaders } from './signature.ts';

/** What Parameter Store says about a parameter. Moments are in milliseconds since 1970. */
export interface Parameter {
  readonly type: string;
  readonly version: number;
  /** LastModifiedDate: when this version was put. A tag edit does not move it. */
  readonly changed?: number;
  /** Only when it was asked for. */
  readonly value?: string;
}

export interface ParameterStore {
  readonly region: (of?: string) => Promise<string | undefined>;
  /** At most ten names of one region; those that are not there are not in the answer. */
  get(names: readonly string[], region: string, decrypt: boolean): Promise<ReadonlyMap<string, Parameter> | Failure>;
  /** Names in a folder, the folders in it left out; undefined where DescribeParameters is not allowed or gives no answer. */
  list(folder: string, region: string): Promise<readonly string[] | undefined>;
}

interface Means {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly login: AwsLogin;
  readonly endpoint: string | undefined;
}

function failed(answer: object): answer is Failure {
  return 'during' in answer;
}

const ATTEMPTS = 5;
const THROTTLED = /^(?:Throttling|ThrottlingException|TooManyUpdates|RequestLimitExceeded|InternalServerError)$/;

export function parameterStore(
  { env, debug, mask }: Pick<Run, 'env' | 'debug' | 'mask'>,
  { http, clock, signal, login, endpoint }: Means,
): ParameterStore {
  let found: Promise<AwsCredentials> | undefined;
  const attempts = Number(env['AWS_MAX_ATTEMPTS']) || ATTEMPTS;
  const given = endpoint ?? (env['AWS_ENDPOINT_URL_SSM'] || env['AWS_ENDPOINT_URL'] || undefined);

  async function credentials(): Promise<AwsCredentials | Failure> {
    try {
      found ??= login.credentials().then((known) => {
        mask(known.secretAccessKey);
        mask(known.sessionToken ?? '');
        return known;
      });
      return await unlessAborted(found, signal);
    } catch (error) {
      const { name, message } = error as Error;
      return { during: 'credentials', name, message };
    }
  }

  /** One call, repeated while it is throttled. Only AWS's own words about a denial are kept of an error. */
  async function call(operation: string, region: string, input: object): Promise<JsonObject | Failure> {
    const who = await credentials();
    if (failed(who)) return who;
    const address = (given ?? (await login.address(region))).replace(/\/+$/, '');
    const pauses = backoff();
    for (let attempt = 1; ; attempt += 1) {
      const answer = await once(operation, `${address}/`, region, input, who);
      const again = failed(answer) && THROTTLED.test(answer.name) && attempt < attempts;
      if (!again) return answer;
      try {
        await sleep(clock, pauses.next().value, signal);
      } catch {
        return { during: 'request', name: 'AbortError', message: '' };
      }
    }
  }

  async function once(
    operation: string,
    url: string,
    region: string,
    input: object,
    who: AwsCredentials,
  ): Promise<JsonObject | Failure> {
    const body = JSON.stringify(input);
    const { host } = new URL(url);
    const fixed = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AmazonSSM.${operation}` };
    try {
      const headers = signedHeaders(fixed, body, { host, region, service: 'ssm', now: clock.now() }, who);
      const response = await http.request({ url, method: 'POST', headers, body, timeout: 15_000, retries: 2, signal });
      const request = response.headers['x-amzn-requestid'] ?? 'none';
      const answer = asObject(response.json());
      if (response.status === 200 && answer === undefined)
        return { during: 'request', name: 'UnreadableAnswer', message: 'the answer is JSON, but no object' };
      if (response.status === 200 && answer !== undefined) {
        debug(`${operation} in ${region}: answered (request id ${request})`);
        return answer;
      }
      const type = String(answer?.['__type'] ?? response.headers['x-amzn-errortype'] ?? '');
      const name = type.split('#').at(-1)?.split(':')[0] || `HTTP ${response.status}`;
      debug(`${operation} in ${region}: ${name} (HTTP ${response.status}, request id ${request})`);
      const message = answer?.['message'] ?? answer?.['Message'];
      return { during: 'request', name, message: typeof message === 'string' ? message : '' };
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      debug(`${operation} in ${region}: ${error.kind}`);
      const stopped = error.kind === 'aborted' || signal.aborted;
      const code = (error.cause as NodeJS.ErrnoException | undefined)?.code;
      const name = stopped ? 'AbortError' : error.kind === 'timeout' ? 'TimeoutError' : error.kind;
      return { during: 'request', name, message: error.message, ...(stopped ? {} : { code: code ?? error.kind }) };
    }
  }

  return {
    region: async (of) => of ?? login.region(),
    async get(names, region, decrypt) {
      const answer = await call('GetParameters', region, { Names: names, WithDecryption: decrypt });
      if (failed(answer)) return answer;
      const list = bodiesIn(answer['Parameters']);
      const parameters = new Map<string, Parameter>();
      for (const each of list) {
        const selector = String(each['Selector'] ?? '');
        const [name, arn] = [each['Name'], each['ARN']].map((text) => `${String(text)}${selector}`);
        const asked = names.find((wanted) => wanted === name || wanted === arn);
        if (asked !== undefined) parameters.set(asked, parameter(each, decrypt));
      }
      return parameters;
    },
    async list(folder, region) {
      const filter =
        folder === ''
          ? { Key: 'Path', Option: 'OneLevel', Values: ['/'] }
          : { Key: 'Path', Option: 'OneLevel', Values: [folder] };
      const names: string[] = [];
      let next: unknown;
      do {
        const page = next === undefined ? {} : { NextToken: next };
        const answer = await call('DescribeParameters', region, {
          ParameterFilters: [filter],
          MaxResults: 50,
          ...page,
        });
        if (failed(answer)) return undefined;
        const list = bodiesIn(answer['Parameters']);
        names.push(...list.map(({ Name }) => String(Name)));
        next = answer['NextToken'] || undefined;
      } while (next !== undefined);
      return names;
    },
  };
}

function parameter({ Type, Version, LastModifiedDate, Value }: JsonObject, decrypt: boolean): Parameter {
  return {
    type: String(Type),
    version: Number(Version),
    ...(typeof LastModifiedDate === 'number' ? { changed: LastModifiedDate * 1000 } : {}),
    ...(decrypt && typeof Value === 'string' ? { value: Value } : {}),
  };
}

function bodiesIn(list: unknown): readonly JsonObject[] {
  return Array.isArray(list) ? list.map(asObject).filter((each) => each !== undefined) : [];
}
