import type { Finding } from '@delivery-actions/action-kit';

/** docker/metadata-action's own variables, which are inputs here; a team that comes from it may still set them. */
const VARIABLES: Readonly<Record<string, (value: string) => string | undefined>> = {
  DOCKER_METADATA_PR_HEAD_SHA: (value) => (value === 'true' ? undefined : 'sha-source: event'),
  DOCKER_METADATA_SHORT_SHA_LENGTH: (value) => `sha-length: ${value}`,
  DOCKER_METADATA_ANNOTATIONS_LEVELS: (value) => `annotation-levels: ${value}`,
};

/** A warning for each variable that would have changed the result there and does nothing here. */
export function variableFindings(env: Readonly<Record<string, string | undefined>>): readonly Finding[] {
  return Object.entries(VARIABLES).flatMap(([name, inputFor]): Finding[] => {
    const value = env[name] ?? '';
    const input = value === '' ? undefined : inputFor(value);
    return input === undefined
      ? []
      : [
          {
            level: 'warning',
            title: name,
            message: `${name}=${value} is not read by this action.`,
            hint: `add under "with:":\n${input}`,
          },
        ];
  });
}
