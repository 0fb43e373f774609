import { isLoopback } from '@delivery-actions/http';
import { Unanswered } from '../unanswered.ts';
import type { GoogleObstacle } from './google-check.ts';

/** Whose hosts may see a token. */
export interface Trust {
  /** `googleapis.com`, or what GOOGLE_CLOUD_UNIVERSE_DOMAIN names. */
  readonly universe: string;
  /** The endpoint that the workflow names, if it does. */
  readonly endpoint: string | undefined;
}

/** The URL, unless a token would go to somebody else's host: a credentials file is a file, and anybody may have written it. */
export function trusted(address: unknown, field: string, { universe, endpoint }: Trust): string {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  const named = endpoint !== undefined && url !== undefined && url.host === new URL(endpoint).host;
  if (url !== undefined && (named || (url.protocol === 'https:' && url.hostname.endsWith(`.${universe}`))))
    return url.href;
  throw new Unanswered<GoogleObstacle>(
    'foreign-host',
    `"${field}" of the credentials file names ${url === undefined ? 'no host' : `the host ${url.host}`}, which is not one of ${universe}`,
  );
}

/** Where the job's own token comes from: of GitHub, or of the machine itself. It goes there as the file says. */
export function tokenSource(address: unknown): string {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  const near = url !== undefined && (isLoopback(url.hostname) || url.hostname === '169.254.169.254');
  if (url !== undefined && (url.protocol === 'https:' || near)) return url.href;
  throw new Unanswered<GoogleObstacle>(
    'bad-credentials',
    '"credential_source" of the credentials file has no https:// URL',
  );
}
