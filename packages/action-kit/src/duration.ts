import { UserError } from './user-error.ts';

const UNITS = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
/** The longest wait that a timer of Node can hold; a longer one would end at once. */
const LONGEST = 2 ** 31 - 1;
const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?$/;

/** `90s`, `10m`, `1h30m`, `250ms` to milliseconds. */
export function parseDuration(text: string): number {
  const match = DURATION.exec(text.trim());
  if (match === null || text.trim() === '') {
    const bare = /^\d+$/.test(text.trim());
    throw new UserError(
      `"${text}" is not a duration such as 90s, 10m or 1h30m`,
      bare ? { hint: `write the unit: ${text.trim()}s or ${text.trim()}m` } : {},
    );
  }
  const [, hours = '0', minutes = '0', seconds = '0', milliseconds = '0'] = match;
  const total = Math.round(
    Number(hours) * UNITS.h + Number(minutes) * UNITS.m + Number(seconds) * UNITS.s + Number(milliseconds),
  );
  if (total > LONGEST)
    throw new UserError(`"${text}" is longer than the longest duration, ${(LONGEST / UNITS.h) | 0}h`);
  return total;
}

/** Milliseconds as a person reads them: `143ms`, `0.6s` for tenths, `45s`, `2m05s`, `1h30m`. */
export function formatDuration(milliseconds: number): string {
  if (Math.round(milliseconds) < 1_000) return `${Math.round(milliseconds)}ms`;
  if (Math.round(milliseconds / 100) < 100) return `${(milliseconds / 1_000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h${pad(minutes % 60)}m`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}
