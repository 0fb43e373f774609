export { backoff } from './backoff.ts';
export { type Clock, sleep, systemClock } from './clock.ts';
export { type Deadline, deadline } from './deadline.ts';
