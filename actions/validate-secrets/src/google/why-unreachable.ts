import { wayOut } from '../http-obstacle.ts';
import type { Cause } from '../root-cause.ts';
import type { GoogleCheck, GoogleObstacle } from './google-check.ts';

/** Why Google gave no answer. */
export function whyUnreachable({ obstacle }: Pick<GoogleCheck, 'obstacle'>): Cause {
  if (obstacle === undefined) throw new Error('an unreachable secret has an obstacle');
  const { cause, message, about = 'PROJECT' } = obstacle;
  return { why: message, ...next(cause, about) };
}

const LOGIN = [
  'log in before this step, with "permissions: id-token: write" on the job:',
  '- uses: google-github-actions/auth@v3',
  '  with:',
  '    workload_identity_provider: projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER',
  '    service_account: NAME@PROJECT.iam.gserviceaccount.com',
].join('\n');

function next(cause: GoogleObstacle, project: string): Pick<Cause, 'title' | 'hint'> {
  switch (cause) {
    case 'no-credentials':
      return { title: 'No Google credentials', hint: LOGIN };
    case 'bad-credentials':
      return { title: 'Google credentials cannot be used', hint: LOGIN };
    case 'foreign-host':
      return {
        title: 'Google credentials name another host',
        hint: 'a token would go there: make the file anew with google-github-actions/auth, or set GOOGLE_CLOUD_UNIVERSE_DOMAIN when the universe is another one',
      };
    case 'login-refused':
      return {
        title: 'Google refuses the login',
        hint: "compare the job with the provider's attribute condition, and may the pool act as the service account (roles/iam.workloadIdentityUser)?",
      };
    case 'refused-token':
      return {
        title: 'Google access token is refused',
        hint: 'it has expired (an hour at most) or is none for Google Cloud: run google-github-actions/auth right before this step',
      };
    case 'api-disabled':
      return {
        title: 'Secret Manager is not enabled',
        hint: `is it the right project? If so:\ngcloud services enable secretmanager.googleapis.com --project=${project}`,
      };
    case 'throttled':
      return {
        title: 'Secret Manager throttles',
        hint: `lower the input "concurrency", or look at the quotas of Secret Manager in the project ${project}`,
      };
    case 'unexpected':
      return {
        title: 'Secret Manager answered with an error',
        hint: 'run it again; if it stays so, look at https://status.cloud.google.com',
      };
    default:
      return wayOut(cause, { service: 'Google Secret Manager', setting: 'its address' });
  }
}
