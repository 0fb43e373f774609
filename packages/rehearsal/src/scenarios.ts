import type { Change } from './service.ts';

/** One delivery and the verdict that it must have. */
export interface Scenario {
  readonly name: string;
  /** One line for `--help`. */
  readonly about: string;
  /** What the delivered commit changes besides its version. */
  readonly change?: Change;
  /** What is wrong with the world around it. */
  readonly fault?: Fault;
  /** ROLLOUT_TIMEOUT of the environments. Default: 30s. */
  readonly rolloutTimeout?: string;
  /** The job that fails; none for a delivery that succeeds. The jobs after it must not run. */
  readonly failingJob?: string;
}

export type Fault =
  | { readonly kind: 'secret-missing' | 'secret-deleted'; readonly secret: string }
  | { readonly kind: 'image-gone' }
  | { readonly kind: 'telemetry-down' };

export const SCENARIOS: readonly Scenario[] = [
  { name: 'delivery', about: 'a commit that reaches production (the default)' },
  {
    name: 'missing-secret',
    about: 'a secret of staging was never created',
    fault: { kind: 'secret-missing', secret: 'checkout-service/staging/database-url' },
    failingJob: 'staging',
  },
  {
    name: 'secret-scheduled-for-deletion',
    about: 'somebody deleted a secret of production; describe-secret still answers',
    fault: { kind: 'secret-deleted', secret: 'checkout-service/production/database-url' },
    failingJob: 'production',
  },
  {
    name: 'image-pull-failure',
    about: 'the registry lost the image between the push and the rollout',
    fault: { kind: 'image-gone' },
    failingJob: 'staging',
  },
  {
    name: 'crash-loop',
    about: 'the commit needs a variable that the cluster does not give it',
    change: { 'src/server.js': [["['DATABASE_URL', 'API_KEY']", "['DATABASE_URL', 'API_KEY', 'LEDGER_URL']"]] },
    failingJob: 'staging',
  },
  {
    name: 'rollout-timeout',
    about: 'the commit starts and never gets ready',
    change: { 'src/server.js': [['const READY = 200', 'const READY = 503']] },
    rolloutTimeout: '4s',
    failingJob: 'staging',
  },
  {
    name: 'smoke-failure',
    about: 'the commit rolls out, and renames a route that its clients use',
    change: { 'src/server.js': [[String.raw`\/api\/v1\/orders`, String.raw`\/api\/v2\/orders`]] },
    failingJob: 'staging',
  },
  {
    name: 'telemetry-backend-down',
    about: 'the metrics backend refuses everything; the delivery stays green',
    fault: { kind: 'telemetry-down' },
  },
];
