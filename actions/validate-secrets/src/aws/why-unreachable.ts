import { AUTHORITY, wayOut } from '../http-obstacle.ts';
import type { Cause } from '../root-cause.ts';
import type { AwsCheck } from './aws-check.ts';

/** Why AWS gave no answer. Credentials and time are the job's, everything else is a region's. */
export function whyUnreachable(
  { region, obstacle }: Pick<AwsCheck, 'region' | 'obstacle'>,
  { service, variable } = { service: 'Secrets Manager', variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' },
): Cause {
  if (obstacle === undefined) throw new Error('an unreachable secret has an obstacle');
  const { cause, error, message } = obstacle;
  const where = region ?? undefined;
  const detail = message === '' || message.includes(error) ? message || error : `${error}: ${message}`;
  switch (cause) {
    case 'no-region':
      return {
        title: 'No AWS region',
        why: 'There is no AWS region',
        hint: 'set the input "region", or AWS_REGION, which aws-actions/configure-aws-credentials sets; a full ARN needs neither',
      };
    case 'no-credentials':
      return {
        title: 'No AWS credentials',
        why: 'There are no usable AWS credentials in this job',
        detail: message,
        hint: LOGIN,
      };
    case 'expired-credentials':
      return {
        title: 'AWS credentials have expired',
        why: 'The AWS credentials of this job have expired',
        detail: error,
        hint: 'run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds (an hour by default)',
      };
    case 'refused-credentials':
      return {
        title: 'AWS credentials are refused',
        why: 'AWS does not accept the credentials',
        where,
        detail,
        hint: /Signature/.test(error) ? WRONG_KEY : WRONG_PLACE,
      };
    case 'throttled':
      return {
        title: `${service} throttles`,
        why: `${service} kept answering ${error}`,
        where,
        hint: `run the job again; if it stays so, something else in this account calls ${service} all the time, or raise AWS_MAX_ATTEMPTS`,
      };
    case 'timeout':
      return {
        title: 'Timeout',
        why: `The time was up before ${service} answered`,
        hint: 'can the runner reach the endpoint (VPC endpoint, firewall, HTTPS_PROXY)? If it is only slow, raise the input "timeout"',
      };
    case 'proxy':
      return { ...wayOut('proxy', { service, setting: variable }), why: message };
    case 'network':
      return {
        title: `${service} cannot be reached`,
        why: `${service} cannot be reached`,
        where,
        detail,
        hint: route(error, variable),
      };
    case 'unexpected':
      return {
        title: `${service} answered with an error`,
        why: `${service} answered with an error`,
        where,
        detail,
        hint: 'run it again with debug logging (RUNNER_DEBUG=1) to see the request id, which AWS support asks for',
      };
  }
}

const LOGIN = [
  'log in before this step, with "permissions: id-token: write" on the job:',
  '- uses: aws-actions/configure-aws-credentials@v6',
  '  with:',
  '    role-to-assume: arn:aws:iam::ACCOUNT:role/ROLE',
  '    aws-region: REGION',
].join('\n');

const WRONG_KEY =
  'AWS_SECRET_ACCESS_KEY does not belong to AWS_ACCESS_KEY_ID, or a blank was pasted with it: run aws-actions/configure-aws-credentials before this step';
const WRONG_PLACE =
  'is the region enabled in this account (opt-in regions), and of the same partition as the credentials? ' +
  'Temporary keys also need their AWS_SESSION_TOKEN';

function route(error: string, variable: string): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(error)) return AUTHORITY;
  if (error === 'ENOTFOUND')
    return 'is the region spelt right? A private network needs DNS for the endpoint, or HTTPS_PROXY';
  return `can the runner reach the endpoint (VPC endpoint, firewall, HTTPS_PROXY, ${variable})?`;
}
