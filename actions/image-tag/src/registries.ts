import type { Finding, Run } from '@delivery-actions/action-kit';
import { exchangeText, httpClient } from '@delivery-actions/http';
import {
  dockerCredentials,
  type ImageRegistry,
  ociRegistry,
  parseImageName,
  RegistryFailure,
  type RegistryFailureKind,
} from '@delivery-actions/oci';
import { type Clock, type Deadline, sleep } from '@delivery-actions/waiting';

/** A tag of an image, as it is in the workflow. */
export interface TagOf {
  readonly image: string;
  readonly tag: string;
}

/** What a registry says of a tag. */
export type Answer =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failure'; readonly failure: RegistryFailure };

/** The registries of this job, with the credentials that `docker login` left. Every request ends with the deadline. */
export function jobRegistries(run: Run, clock: Clock, end: Deadline): ImageRegistry {
  const http = httpClient({
    keepConnections: true,
    signal: end.signal,
    wait: (milliseconds, signal) => sleep(clock, milliseconds, signal),
    observe: (exchange) => run.debug(exchangeText(exchange)),
  });
  const mask = (secret: string) => run.mask(secret);
  return ociRegistry({ http, mask, credentials: dockerCredentials({ env: run.env, mask, signal: run.signal }) });
}

export function written({ image, tag }: TagOf): string {
  return `${image}:${tag}`;
}

/** Asks once. Never throws a RegistryFailure. */
export async function look(registry: ImageRegistry, { image, tag }: TagOf): Promise<Answer> {
  try {
    return { kind: 'digest', digest: await registry.digest({ ...parseImageName(image), tag }) };
  } catch (failure) {
    if (!(failure instanceof RegistryFailure)) throw failure;
    return failure.kind === 'not-found' ? { kind: 'absent' } : { kind: 'failure', failure };
  }
}

export interface Failed {
  readonly image: string;
  readonly failure: RegistryFailure;
}

/** One finding for each registry and what is wrong with it, however many tags that concerns. */
export function failureFindings(
  failed: readonly Failed[],
  title: string,
  alsoFor: (kind: RegistryFailureKind) => string = () => '',
): readonly Finding[] {
  const causes = new Map<string, { readonly failure: RegistryFailure; count: number }>();
  for (const { image, failure } of failed) {
    const cause: `${string} ${RegistryFailureKind}` = `${parseImageName(image).registry} ${failure.kind}`;
    const known = causes.get(cause);
    if (known === undefined) causes.set(cause, { failure, count: 1 });
    else known.count += 1;
  }
  return [...causes.values()].map(({ failure: { kind, message, hint }, count }) => ({
    level: 'error',
    title,
    hint: `${hint}${alsoFor(kind)}`,
    message: `${message}${count === 1 ? '' : `; so it is with ${count - 1} more here`}.`,
  }));
}
