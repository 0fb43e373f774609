import { type Finding, findingText } from '@delivery-actions/action-kit';
import type { SecretCheck } from '../check.ts';
import type { FailOn } from '../inputs.ts';
import { type Severity, severity } from '../severity.ts';

/** One secret for the tools of others, with every text redacted. */
export interface Entry {
  readonly id: string;
  readonly store: string;
  readonly verdict: SecretCheck['verdict'];
  readonly severity: Severity;
  /** It fails the step, or would if anything could. */
  readonly fails: boolean;
  /** What was found, with the way out; empty when all is well. */
  readonly text: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

export function entryOf(
  check: SecretCheck,
  finding: Finding | undefined,
  { failOn, redact }: { readonly failOn: FailOn; readonly redact: (text: string) => string },
): Entry {
  const { id, store, verdict, place } = check;
  const weight = severity(check);
  return {
    id: redact(id),
    store,
    verdict,
    severity: weight,
    fails: weight === 'failed' || (failOn === 'warning' && weight === 'warning'),
    text: finding === undefined ? '' : redact(findingText(finding)),
    ...(place === undefined ? {} : { ...place, file: redact(place.file) }),
  };
}
