import type { Failure } from './answer.ts';

/** Why there is no word about a secret: a cause outside of the secret itself. */
export type Obstacle =
  | 'no-region'
  | 'no-credentials'
  | 'expired-credentials'
  | 'refused-credentials'
  | 'throttled'
  | 'timeout'
  | 'proxy'
  | 'network'
  | 'unexpected';

const NAMES: Readonly<Record<string, Obstacle | 'missing' | 'denied'>> = {
  ResourceNotFoundException: 'missing',
  AccessDeniedException: 'denied',
  AccessDenied: 'denied',
  ExpiredTokenException: 'expired-credentials',
  ExpiredToken: 'expired-credentials',
  RequestExpired: 'expired-credentials',
  UnrecognizedClientException: 'refused-credentials',
  InvalidClientTokenId: 'refused-credentials',
  InvalidSignatureException: 'refused-credentials',
  SignatureDoesNotMatch: 'refused-credentials',
  IncompleteSignatureException: 'refused-credentials',
  IncompleteSignature: 'refused-credentials',
  MissingAuthenticationTokenException: 'refused-credentials',
  MissingAuthenticationToken: 'refused-credentials',
  ThrottlingException: 'throttled',
  Throttling: 'throttled',
  TooManyRequestsException: 'throttled',
  RequestLimitExceeded: 'throttled',
  AbortError: 'timeout',
  TimeoutError: 'network',
  /** HttpFailure's, of what is asked without the SDK. */
  proxy: 'proxy',
};

/**
 * What an error means, by its name: the HTTP status says nothing, since AWS answers 400 to a missing secret, a
 * forbidden one and expired credentials alike.
 */
export function meaning({ during, name, code }: Failure): Obstacle | 'missing' | 'denied' {
  if (name === 'AbortError') return 'timeout';
  if (during === 'region') return 'no-region';
  const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  if (during === 'credentials') return known === 'expired-credentials' ? known : 'no-credentials';
  return known ?? (code === undefined ? 'unexpected' : 'network');
}
