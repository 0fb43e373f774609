import { UserError } from '@delivery-actions/action-kit';

/** A secret of Google Secret Manager. */
export interface GoogleReference {
  readonly store: 'gcp';
  /** Its ID or its number. */
  readonly project: string;
  /** Of a regional secret. */
  readonly location?: string;
  readonly secret: string;
  /** A number, `latest` or an alias. */
  readonly version: string;
}

const NAME =
  /^projects\/([a-z0-9][a-z0-9.:-]*)(?:\/locations\/([a-z0-9-]+))?\/secrets\/([A-Za-z0-9_-]{1,255})(?:\/versions\/([A-Za-z0-9_-]{1,63}))?$/;

export function parseGoogle(name: string): GoogleReference {
  const [, project, location, secret, version = 'latest'] = NAME.exec(name) ?? [];
  if (project !== undefined && secret !== undefined)
    return { store: 'gcp', project, ...(location === undefined ? {} : { location }), secret, version };
  throw new UserError(`"gcp:${name}" does not name a secret of Google Secret Manager`, { hint: hintFor(name) });
}

function hintFor(name: string): string {
  const [, project, secret, version] = /^([a-z0-9-]+)\/([A-Za-z0-9_-]+)(?:\/([A-Za-z0-9]+))?$/.exec(name) ?? [];
  if (project !== undefined && project !== 'projects' && project !== 'secrets')
    return `did you mean gcp:projects/${project}/secrets/${secret}${version === undefined ? '' : `/versions/${version}`}?`;
  if (name.includes('//')) return 'a part of it is empty: was an expression such as ${{ vars.PROJECT }} empty?';
  if (/[${]/.test(name))
    return 'a variable was not filled in: in a workflow it is ${{ env.NAME }} or ${{ inputs.name }}';
  if (/^[A-Za-z0-9_-]+$/.test(name)) return `the project belongs to it: gcp:projects/PROJECT/secrets/${name}`;
  return 'write it as gcp:projects/PROJECT/secrets/SECRET, with /versions/N behind it for another version than the latest, and /locations/LOCATION before /secrets for a regional one';
}

/** `projects/p/secrets/s`, as the API names it. */
export function secretName({ project, location, secret }: GoogleReference): string {
  return `projects/${project}${location === undefined ? '' : `/locations/${location}`}/secrets/${secret}`;
}
