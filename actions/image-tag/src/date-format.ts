/** Moment's notation ("Format", momentjs.com/docs), which docker/metadata-action's dates are written in. */
const TOKEN =
  /\[[^\]]*\]|Y{4}|YY|Q|M{1,4}|D{1,4}|d{3,4}|d|E|G{4}|W{1,2}|H{1,2}|h{1,2}|m{1,2}|s{1,2}|S{1,3}|A|a|Z{1,2}|X|x/g;
const DEFAULT_FORMAT = 'YYYY-MM-DDTHH:mm:ssZ';
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** The moment in that notation; text in `[brackets]` and letters without a meaning stay as they are. */
export function formatDate(moment: Date, format = DEFAULT_FORMAT, timeZone = 'UTC'): string {
  const offset = offsetOf(moment, timeZone);
  const local = new Date(moment.getTime() + offset * MINUTE);
  return format.replace(TOKEN, (token) => (token.startsWith('[') ? token.slice(1, -1) : part(token, local, offset)));
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

function part(token: string, date: Date, offset: number): string {
  const pad = (value: number, length = 2) => String(value).padStart(length, '0');
  const sized = (value: number) => (token.length === 2 ? pad(value) : String(value));
  const month = date.getUTCMonth();
  const hour = date.getUTCHours();
  switch (token) {
    case 'YYYY':
      return pad(date.getUTCFullYear(), 4);
    case 'YY':
      return pad(date.getUTCFullYear() % 100);
    case 'Q':
      return String(Math.floor(month / 3) + 1);
    case 'MMMM':
      return MONTHS[month] ?? '';
    case 'MMM':
      return (MONTHS[month] ?? '').slice(0, 3);
    case 'DDDD':
      return pad(dayOfYear(date), 3);
    case 'DDD':
      return String(dayOfYear(date));
    case 'dddd':
      return DAYS[date.getUTCDay()] ?? '';
    case 'ddd':
      return (DAYS[date.getUTCDay()] ?? '').slice(0, 3);
    case 'd':
      return String(date.getUTCDay());
    case 'E':
      return String(date.getUTCDay() || 7);
    case 'GGGG':
      return pad(thursday(date).getUTCFullYear(), 4);
    case 'A':
      return hour < 12 ? 'AM' : 'PM';
    case 'a':
      return hour < 12 ? 'am' : 'pm';
    case 'Z':
    case 'ZZ': {
      const ahead = Math.abs(offset);
      return `${offset < 0 ? '-' : '+'}${pad(Math.floor(ahead / 60))}${token === 'Z' ? ':' : ''}${pad(ahead % 60)}`;
    }
    case 'X':
      return String(Math.floor((date.getTime() - offset * MINUTE) / 1_000));
    case 'x':
      return String(date.getTime() - offset * MINUTE);
  }
  switch (token[0]) {
    case 'M':
      return sized(month + 1);
    case 'D':
      return sized(date.getUTCDate());
    case 'W':
      return sized(Math.ceil(dayOfYear(thursday(date)) / 7));
    case 'H':
      return sized(hour);
    case 'h':
      return sized(hour % 12 || 12);
    case 'm':
      return sized(date.getUTCMinutes());
    case 's':
      return sized(date.getUTCSeconds());
    default:
      return pad(date.getUTCMilliseconds(), 3).slice(0, token.length);
  }
}

function dayOfYear(date: Date): number {
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  return (midnight - Date.UTC(date.getUTCFullYear(), 0, 1)) / DAY + 1;
}

/** The Thursday of its week decides which year a week of ISO 8601 belongs to. */
function thursday(date: Date): Date {
  return new Date(date.getTime() + (4 - (date.getUTCDay() || 7)) * DAY);
}
