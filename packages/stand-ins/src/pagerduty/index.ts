export type { OpenAlert, PagerDutyEvent } from './event.ts';
export { type PagerDutyOptions, type PagerDutyStandIn, startPagerDuty } from './server.ts';
