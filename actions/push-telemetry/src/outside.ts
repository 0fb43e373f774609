/** Everything that talks to the outside: one module, so that it is one lazy part of the bundle. */
export { httpClient } from '@delivery-actions/http';
export { githubRuns } from './github.ts';
export { answerAlert, sendMetrics } from './outcome.ts';
export { readAttempt } from './read-attempt.ts';
