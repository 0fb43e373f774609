import type { GoogleCheck } from './google-check.ts';
import { parseGoogle } from './reference.ts';

/** Commands of gcloud, to be pasted into a shell. The value comes from a file, not from the shell's history. */
type Target = Pick<GoogleCheck, 'id' | 'version'>;

export function create({ id }: Target): string {
  const { project, location, secret } = parseGoogle(id.replace(/^gcp:/, ''));
  const where = location === undefined ? ' --replication-policy=automatic' : ` --location=${location}`;
  return `gcloud secrets create ${secret} --project=${project}${where} --data-file=secret.txt`;
}

export function addVersion(target: Target): string {
  const { secret, rest } = parts(target);
  return `gcloud secrets versions add ${secret} ${rest} --data-file=secret.txt`;
}

export function enable(target: Target): string {
  const { secret, rest } = parts(target);
  return `gcloud secrets versions enable ${target.version} --secret=${secret} ${rest}`;
}

export function listVersions(target: Target): string {
  const { secret, rest } = parts(target);
  return `gcloud secrets versions list ${secret} ${rest}`;
}

/** The roles that allow exactly what these lines ask for, on these secrets only. */
export function bindings(checks: readonly (Target & Pick<GoogleCheck, 'reads' | 'member'>)[]): string {
  const commands = checks.flatMap((check) => {
    const { secret, rest } = parts(check);
    const roles = ['roles/secretmanager.viewer', ...(check.reads ? ['roles/secretmanager.secretAccessor'] : [])];
    return roles.map(
      (role) =>
        `gcloud secrets add-iam-policy-binding ${secret} ${rest} --member=${check.member ?? 'MEMBER'} --role=${role}`,
    );
  });
  return [...new Set(commands)].join('\n');
}

function parts({ id }: Target): { secret: string; rest: string } {
  const { project, location, secret } = parseGoogle(id.replace(/^gcp:/, ''));
  return { secret, rest: `--project=${project}${location === undefined ? '' : ` --location=${location}`}` };
}
