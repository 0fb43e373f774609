/**
 * Moment's notation in English (momentjs.com/docs, "Format"), which docker/metadata-action's dates are written in. Text in
 * `[brackets]`, what follows a backslash, and letters without a meaning stay as they are.
 */
const TOKEN =
  /(\[[^[]*\])|(\\)?([Hh]mm(?:ss)?|Mo|M{1,4}|Do|DDDo|D{1,4}|do|d{1,4}|[wW]o|ww?|WW?|Qo?|N{1,5}|Y{4,6}|YY?|yo|y{1,4}|g{4,5}|gg|G{4,5}|GG|[eEaA]|hh?|HH?|kk?|mm?|ss?|S{1,9}|[xX]|zz?|ZZ?)/g;
const WRITTEN_OUT = /(\[[^[]*\])|(\\)?(LTS|LT|L{1,4}|l{1,4})/g;
const LONG: Readonly<Record<string, string>> = {
  LTS: 'h:mm:ss A',
  LT: 'h:mm A',
  L: 'MM/DD/YYYY',
  LL: 'MMMM D, YYYY',
  LLL: 'MMMM D, YYYY h:mm A',
  LLLL: 'dddd, MMMM D, YYYY h:mm A',
};
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The moment in that notation. */
export function formatDate(moment: Date, format?: string, timeZone = 'UTC'): string {
  const offset = offsetOf(moment, timeZone);
  const local = new Date(moment.getTime() + offset * MINUTE);
  const plain = `YYYY-MM-DDTHH:mm:ss${offset === 0 ? '[Z]' : 'Z'}`;
  return (format || plain)
    .replace(WRITTEN_OUT, (whole, quoted?: string, escaped?: string, token = '') => {
      if (quoted !== undefined || escaped !== undefined) return whole;
      return LONG[token] ?? (LONG[token.toUpperCase()] ?? '').replace(/MMMM|MM|DD|dddd/g, (part) => part.slice(1));
    })
    .replace(TOKEN, (whole, quoted?: string, escaped?: string, token = '') => {
      if (quoted !== undefined) return quoted.slice(1, -1);
      return escaped === undefined ? part(token, local, offset, timeZone) : whole.slice(1);
    })
    .replaceAll('\\', '');
}

/** Whether the format asks for the zone's short name, which only a list of all zones could say. */
export function namesTheZone(format: string): boolean {
  return [...format.matchAll(TOKEN)].some(
    ([, , escaped, token = '']) => escaped === undefined && token.startsWith('z'),
  );
}

/** Minutes that the zone's clocks are ahead of UTC at that moment. */
function offsetOf(moment: Date, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const parts = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(moment);
  const of = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const local = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return Math.round((local - moment.getTime()) / MINUTE);
}

function part(token: string, date: Date, offset: number, timeZone: string): string {
  const name = named(token, date, timeZone);
  if (name !== undefined) return name;
  if (/^[hH]mm/.test(token))
    return [token[0] ?? '', 'mm', token.slice(3)].map((each) => each && part(each, date, offset, timeZone)).join('');
  if (/^Z/.test(token)) {
    const ahead = Math.abs(offset);
    return `${offset < 0 ? '-' : '+'}${pad(Math.floor(ahead / 60))}${token === 'Z' ? ':' : ''}${pad(ahead % 60)}`;
  }
  if (token.startsWith('S')) return pad(date.getUTCMilliseconds(), 3).padEnd(9, '0').slice(0, token.length);
  if (token === 'YY' || token === 'gg' || token === 'GG') return pad(numberOf(token, date, offset) % 100);
  if (token === 'YYYYYY') return `+${pad(date.getUTCFullYear(), 6)}`;
  const number = numberOf(token, date, offset);
  if (token.endsWith('o')) return ordinal(number);
  // A year has four digits at least, and a day of the year three where any are asked for.
  const wide = /^(?:Y|Y{4}|[gG]{4})$/.test(token) ? 4 : token.length;
  return token === 'DDD' || token === 'x' || token === 'X' ? String(number) : pad(number, token === 'DDDD' ? 3 : wide);
}

/** What is written in words. */
function named(token: string, date: Date, timeZone: string): string | undefined {
  const day = DAYS[date.getUTCDay()] ?? '';
  const month = MONTHS[date.getUTCMonth()] ?? '';
  const half = date.getUTCHours() < 12 ? 'AM' : 'PM';
  if (/^N+$/.test(token)) return token === 'NNNN' ? 'Anno Domini' : 'AD';
  if (/^z/.test(token)) return timeZone;
  const names: Readonly<Record<string, string>> = {
    MMMM: month,
    MMM: month.slice(0, 3),
    dddd: day,
    ddd: day.slice(0, 3),
    dd: day.slice(0, 2),
    A: half,
    a: half.toLowerCase(),
  };
  return names[token];
}

function numberOf(token: string, date: Date, offset: number): number {
  const hour = date.getUTCHours();
  switch (token[0]) {
    case 'Y':
    case 'y':
      return date.getUTCFullYear();
    case 'Q':
      return Math.floor(date.getUTCMonth() / 3) + 1;
    case 'M':
      return date.getUTCMonth() + 1;
    case 'D':
      return token.startsWith('DDD') ? dayOfYear(date) : date.getUTCDate();
    case 'd':
    case 'e':
      return date.getUTCDay();
    case 'E':
      return date.getUTCDay() || 7;
    case 'G':
      return yearDay(date, 'G').getUTCFullYear();
    case 'g':
      return yearDay(date, 'g').getUTCFullYear();
    case 'W':
      return Math.ceil(dayOfYear(yearDay(date, 'G')) / 7);
    case 'w':
      return Math.ceil(dayOfYear(yearDay(date, 'g')) / 7);
    case 'H':
      return hour;
    case 'h':
      return hour % 12 || 12;
    case 'k':
      return hour || 24;
    case 'm':
      return date.getUTCMinutes();
    case 's':
      return date.getUTCSeconds();
    case 'X':
      return Math.floor((date.getTime() - offset * MINUTE) / 1_000);
    default:
      return date.getTime() - offset * MINUTE;
  }
}

function pad(value: number, length = 2): string {
  return String(value).padStart(length, '0');
}

/** `1st`, `12th` */
function ordinal(value: number): string {
  const teen = Math.floor((value % 100) / 10) === 1;
  return `${value}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][value % 10]) ?? 'th'}`;
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return (midnight - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY + 1;
}

/**
 * The day that decides which year a week belongs to: its Thursday by ISO 8601, whose weeks begin on Monday; its Saturday
 * where weeks begin on Sunday and the first one has the 1st of January.
 */
function yearDay(date: Date, kind: 'G' | 'g'): Date {
  const day = date.getUTCDay();
  return new Date(date.getTime() + (kind === 'G' ? 4 - (day || 7) : 6 - day) * DAY);
}
