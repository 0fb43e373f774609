import { UserError } from '@delivery-actions/action-kit';
import type { Clock } from '@delivery-actions/waiting';

/** The latest moment that a Date can hold, in seconds. */
const LATEST = 8.64e12;

/**
 * When the image counts as made: SOURCE_DATE_EPOCH, in whole seconds since 1970, if it is set, so that the same commit
 * gives the same labels (reproducible-builds.org, SOURCE_DATE_EPOCH specification); else now.
 */
export function creationTime(sourceDateEpoch: string | undefined, clock: Clock): Date {
  if (sourceDateEpoch === undefined || sourceDateEpoch === '') return new Date(clock.now());
  if (/^\d+$/.test(sourceDateEpoch) && Number(sourceDateEpoch) <= LATEST)
    return new Date(Number(sourceDateEpoch) * 1_000);
  throw new UserError(`SOURCE_DATE_EPOCH is "${sourceDateEpoch}": expected whole seconds since 1970.`, {
    hint: 'SOURCE_DATE_EPOCH=$(git log -1 --pretty=%ct)',
  });
}
