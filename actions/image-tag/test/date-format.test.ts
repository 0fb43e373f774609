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
    ['Do DDDo Mo Qo do Wo wo yo', '4th 4th 1st 1st 0th 1st 2nd 2026th'],
    ['w ww gg gggg GG e dd', '2 02 26 2026 26 0 Su'],
    ['Y YYYYY YYYYYY y NN NNNN', '2026 02026 +002026 2026 AD Anno Domini'],
    ['k kk hmm hmmss Hmm Hmmss', '3 03 305 30509 305 30509'],
    ['SSSS SSSSSSSSS', '0700 070000000'],
    ['LT|LTS|L|LL|LLL', '3:05 AM|3:05:09 AM|01/04/2026|January 4, 2026|January 4, 2026 3:05 AM'],
    ['LLLL|l|ll|llll', 'Sunday, January 4, 2026 3:05 AM|1/4/2026|Jan 4, 2026|Sun, Jan 4, 2026 3:05 AM'],
    ['\\D\\L D [L]', 'DL 4 L'],
    ['YYYY z', '2026 UTC'],
  ])('%s is %s', (format, text) => {
    expect(formatDate(moment, format)).toBe(text);
  });

  it('knows the time zone, of summer and winter, and the day that it is there', () => {
    expect(formatDate(moment, 'YYYY-MM-DD HH:mm Z X', 'America/New_York')).toBe('2026-01-03 22:05 -05:00 1767495909');
    expect(formatDate(new Date('2026-07-01T12:00:00Z'), 'HHmm ZZ', 'America/New_York')).toBe('0800 -0400');
    expect(formatDate(moment, 'h:mm a', 'Asia/Kolkata')).toBe('8:35 am');
  });

  it('is the time in UTC without a format', () => {
    expect(formatDate(moment)).toBe('2026-01-04T03:05:09Z');
    expect(formatDate(moment, undefined, 'Asia/Kolkata')).toBe('2026-01-04T08:35:09+05:30');
  });

  it.each([
    ['2026-01-01', '1st'],
    ['2026-01-02', '2nd'],
    ['2026-01-03', '3rd'],
    ['2026-01-11', '11th'],
    ['2026-01-12', '12th'],
    ['2026-01-13', '13th'],
    ['2026-01-22', '22nd'],
    ['2026-01-30', '30th'],
  ])('writes the day of %s as %s', (day, text) => {
    expect(formatDate(new Date(day), 'Do')).toBe(text);
  });

  it('knows which weeks belong to another year', () => {
    expect(formatDate(new Date('2024-12-30'), 'gggg-ww GGGG-WW')).toBe('2025-01 2025-01');
    expect(formatDate(new Date('2022-01-01'), 'gggg-ww GGGG-WW')).toBe('2022-01 2021-52');
  });

  it('knows which time zones there are', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Base'].map(isTimeZone)).toEqual([true, true, false]);
  });
});
