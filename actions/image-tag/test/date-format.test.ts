import { describe, expect, it } from 'vitest';
import { formatDate } from '../src/date-format.ts';
import { isTimeZone } from '../src/template.ts';

const moment = new Date('2026-01-04T03:05:09.070Z');

describe('formatDate', () => {
  it.each([
    ['YYYYMMDD-HHmmss', '20260104-030509'],
    ['YY.M.D', '26.1.4'],
    ['Q DDD DDDD', '1 4 004'],
    ['MMM MMMM ddd dddd d E', 'Jan January Sun Sunday 0 7'],
    ['GGGG-WW W', '2026-01 1'],
    ['H HH h hh m mm s ss S SS SSS', '3 03 3 03 5 05 9 09 0 07 070'],
    ['A a', 'AM am'],
    ['Z ZZ', '+00:00 +0000'],
    ['X x', '1767495909 1767495909070'],
    ['YYYY-MM-DDTHH:mm:ss.SSS[Z]', '2026-01-04T03:05:09.070Z'],
    ['[week] W', 'week 1'],
  ])('%s is %s', (format, text) => {
    expect(formatDate(moment, format)).toBe(text);
  });

  it('knows the time zone, of summer and winter, and the day that it is there', () => {
    expect(formatDate(moment, 'YYYY-MM-DD HH:mm Z X', 'America/New_York')).toBe('2026-01-03 22:05 -05:00 1767495909');
    expect(formatDate(new Date('2026-07-01T12:00:00Z'), 'HHmm ZZ', 'America/New_York')).toBe('0800 -0400');
    expect(formatDate(moment, 'h:mm a', 'Asia/Kolkata')).toBe('8:35 am');
  });

  it('is the time in UTC without a format', () => {
    expect(formatDate(moment)).toBe('2026-01-04T03:05:09+00:00');
  });

  it('knows which time zones there are', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Base'].map(isTimeZone)).toEqual([true, true, false]);
  });
});
