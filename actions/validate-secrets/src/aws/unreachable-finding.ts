import type { Finding } from '@delivery-actions/action-kit';
import type { AwsCheck } from './aws-check.ts';

/** All secrets of which nothing is known for one reason. */
export function unreachableFinding(
  checks: readonly Pick<AwsCheck, 'id' | 'region' | 'obstacle'>[],
  { service, variable } = { service: 'Secrets Manager', variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER' },
): Finding {
  const [first] = checks;
  if (first?.obstacle === undefined) throw new Error('an unreachable secret has an obstacle');
  const { cause, error, message } = first.obstacle;
  const region = first.region ?? 'no region';
  const unchecked =
    checks.length === 1
      ? `${first.id} could not be checked`
      : `${checks.length} ${service === 'Parameter Store' ? 'parameters' : 'secrets'} could not be checked`;
  const told = (title: string, why: string, hint: string): Finding => ({
    level: 'error',
    title,
    message: `${why}, so ${unchecked}.`,
    hint,
  });

  switch (cause) {
    case 'no-region':
      return told(
        'No AWS region',
        'There is no AWS region',
        'set the input "region", or AWS_REGION, which aws-actions/configure-aws-credentials sets; a full ARN needs neither',
      );
    case 'no-credentials':
      return told('No AWS credentials', `There are no usable AWS credentials in this job (${message})`, LOGIN);
    case 'expired-credentials':
      return told(
        'AWS credentials have expired',
        `The AWS credentials of this job have expired (${error})`,
        'run aws-actions/configure-aws-credentials right before this step, or raise its role-duration-seconds (an hour by default)',
      );
    case 'refused-credentials':
      return told(
        'AWS credentials are refused',
        `AWS does not accept the credentials in ${region} (${error}: ${message})`,
        `is ${region} enabled in this account (opt-in regions), and of the same partition as the credentials? ` +
          'Temporary keys also need their AWS_SESSION_TOKEN',
      );
    case 'throttled':
      return told(
        `${service} throttles`,
        `${service} in ${region} kept answering ${error}`,
        `run the job again; if it stays so, something else in this account calls ${service} all the time, or raise AWS_MAX_ATTEMPTS`,
      );
    case 'timeout':
      return told(
        'Timeout',
        `The time was up before ${service} answered`,
        'can the runner reach the endpoint (VPC endpoint, firewall, HTTPS_PROXY)? If it is only slow, raise the input "timeout"',
      );
    case 'network':
      return told(
        `${service} cannot be reached`,
        `${service} in ${region} cannot be reached (${problem(error, message)})`,
        route(error, variable),
      );
    case 'unexpected':
      return told(
        `${service} answered with an error`,
        `${service} in ${region} answered ${problem(error, message)}`,
        'run it again with debug logging (RUNNER_DEBUG=1) to see the request id, which AWS support asks for',
      );
  }
}

const LOGIN = [
  'log in before this step, with "permissions: id-token: write" on the job:',
  '- uses: aws-actions/configure-aws-credentials@v6',
  '  with:',
  '    role-to-assume: arn:aws:iam::ACCOUNT:role/ROLE',
  '    aws-region: REGION',
].join('\n');

function problem(error: string, message: string): string {
  if (message === '') return error;
  return message.includes(error) ? message : `${error}: ${message}`;
}

function route(error: string, variable: string): string {
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(error))
    return 'a proxy answers with its own certificate: give Node its authority with NODE_EXTRA_CA_CERTS';
  if (error === 'ENOTFOUND')
    return 'is the region spelt right? A private network needs DNS for the endpoint, or HTTPS_PROXY';
  return `can the runner reach the endpoint (VPC endpoint, firewall, HTTPS_PROXY, ${variable})?`;
}
