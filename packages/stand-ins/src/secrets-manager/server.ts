import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { type AccessRules, authenticate, authorize } from './access.ts';
import { ServiceError } from './error.ts';
import { type Input, OPERATIONS, type Operation } from './operations.ts';
import { type RegionSecrets, regionSecrets } from './secrets.ts';

export interface ReceivedRequest {
  readonly operation: string;
  /** SecretId, or Name, as the caller wrote it. */
  readonly id?: string;
  /** From the signature's credential scope. */
  readonly region: string;
  readonly accessKeyId: string;
}

/** What a test may set before and while the stand-in runs. */
export interface SecretsManagerBehaviour extends AccessRules {
  /** Milliseconds before each answer; `Infinity` never answers. */
  delay?: number;
  /** A bucket of that many requests, refilled within a second; what does not fit gets ThrottlingException. */
  requestsPerSecond?: number;
  /** The first requests about each secret, that many, get ThrottlingException: a burst that does not hang on a clock. */
  throttledFirst?: number;
}

export interface SecretsManagerOptions extends SecretsManagerBehaviour {
  /** Default 123456789012. */
  readonly account?: string;
  readonly now?: () => number;
}

/** AWS Secrets Manager on loopback: AWS JSON 1.1, regions apart, for AWS_ENDPOINT_URL_SECRETS_MANAGER. */
export interface SecretsManagerStandIn extends StandIn {
  readonly behaviour: SecretsManagerBehaviour;
  /** The secrets of a region, to fill and to read past the protocol. */
  secrets(region: string): RegionSecrets;
  /** Everything that was asked, in the order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** The most requests that were open at one time. */
  readonly peak: number;
}

export async function startSecretsManager(options: SecretsManagerOptions = {}): Promise<SecretsManagerStandIn> {
  const { account = '123456789012', now = Date.now, ...behaviour } = options;
  const regions = new Map<string, RegionSecrets>();
  const requests: ReceivedRequest[] = [];
  const admit = rateLimit(behaviour, now);
  const asked = new Map<unknown, number>();
  let open = 0;
  let peak = 0;

  function secrets(region: string): RegionSecrets {
    const found = regions.get(region) ?? regionSecrets(region, account, now);
    regions.set(region, found);
    return found;
  }

  function answer(exchange: Exchange): Record<string, unknown> {
    const operation = String(exchange.headers['x-amz-target'] ?? '').replace(/^secretsmanager\./, '');
    const input = JSON.parse(exchange.body.toString('utf8') || '{}') as Input;
    const {
      region,
      accessKeyId,
      principal = `arn:aws:sts::${account}:assumed-role/deploy/delivery`,
    } = authenticate(exchange, behaviour);
    const id = input['SecretId'] ?? input['Name'];
    requests.push({ operation, region, accessKeyId, ...(typeof id === 'string' ? { id } : {}) });
    admit();
    asked.set(id, (asked.get(id) ?? 0) + 1);
    if ((asked.get(id) ?? 0) <= (behaviour.throttledFirst ?? 0))
      throw new ServiceError('ThrottlingException', 'Rate exceeded');
    if (!isOperation(operation)) throw new ServiceError('UnknownOperationException', `no operation ${operation} here`);
    authorize(operation, input, secrets(region), principal, behaviour);
    return OPERATIONS[operation](secrets(region), input, now());
  }

  const server = await listen(async (exchange) => {
    open += 1;
    peak = Math.max(peak, open);
    exchange.response.once('close', () => {
      open -= 1;
    });
    if (behaviour.delay === Infinity) return;
    await new Promise((resolve) => setTimeout(resolve, behaviour.delay ?? 0));
    send(exchange, () => answer(exchange));
  });
  return {
    ...server,
    behaviour,
    secrets,
    requests,
    get peak() {
      return peak;
    },
  };
}

function send({ response }: Exchange, answer: () => Record<string, unknown>): void {
  const type = { 'content-type': 'application/x-amz-json-1.1' };
  try {
    sendJson(response, 200, answer(), type);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    sendJson(response, error.status, { __type: error.type, Message: error.message }, type);
  }
}

function isOperation(name: string): name is Operation {
  return Object.hasOwn(OPERATIONS, name);
}

/** A bucket of one second's requests that fills up again as time passes. */
function rateLimit(behaviour: SecretsManagerBehaviour, now: () => number): () => void {
  let tokens = Infinity;
  let last = now();
  return () => {
    const { requestsPerSecond } = behaviour;
    if (requestsPerSecond === undefined) return;
    const time = now();
    tokens = Math.min(requestsPerSecond, tokens + (Math.max(0, time - last) / 1000) * requestsPerSecond);
    last = time;
    if (tokens < 1) throw new ServiceError('ThrottlingException', 'Rate exceeded');
    tokens -= 1;
  };
}
