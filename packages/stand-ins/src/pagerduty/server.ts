import { createHash } from 'node:crypto';
import { type Exchange, listen, type StandIn, sendJson } from '../loopback.ts';
import { faultsOf, type OpenAlert, type PagerDutyEvent } from './event.ts';

export interface PagerDutyOptions {
  /** The integration's key; an event with another one of 32 characters is accepted and goes nowhere, as at PagerDuty. */
  readonly routingKey?: string;
}

export interface PagerDutyStandIn extends StandIn {
  /** Accepted events, oldest first. */
  readonly events: readonly PagerDutyEvent[];
  /** By dedup key. */
  readonly openAlerts: ReadonlyMap<string, OpenAlert>;
  /** True: everything is answered 503. */
  down: boolean;
  /** Answers to come instead of the usual one, first one first. */
  readonly answers: { readonly status: number; readonly headers?: Readonly<Record<string, string>> }[];
  readonly requests: number;
}

interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const MOST_BYTES = 524_288;

/** PagerDuty's Events API v2, `POST /v2/enqueue`. */
export async function startPagerDuty({ routingKey }: PagerDutyOptions = {}): Promise<PagerDutyStandIn> {
  const events: PagerDutyEvent[] = [];
  const openAlerts = new Map<string, OpenAlert>();
  let requests = 0;

  function answer({ method, url, body }: Exchange): Reply {
    requests += 1;
    const instead = pagerDuty.answers.shift() ?? (pagerDuty.down ? { status: 503 } : undefined);
    if (instead !== undefined) return { ...instead, body: bodyOf(instead.status) };
    if (url.pathname !== '/v2/enqueue' || method !== 'POST') return { status: 404, body: { status: 'not found' } };
    if (body.length > MOST_BYTES) return { status: 413, body: invalid(['Event is larger than 512 KB']) };
    const given = parsed(body);
    const faults = given === undefined ? ['Event is not a JSON object'] : faultsOf(given);
    if (given === undefined || faults.length > 0) return { status: 400, body: invalid(faults) };
    const key = typeof given.dedup_key === 'string' ? given.dedup_key : createHash('md5').update(body).digest('hex');
    const event = { ...given, dedup_key: key } as unknown as PagerDutyEvent;
    events.push(event);
    if (routingKey === undefined || event.routing_key === routingKey) apply(event);
    return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
  }

  /** A resolve or acknowledge without an open alert is dropped. */
  function apply(event: PagerDutyEvent): void {
    const open = openAlerts.get(event.dedup_key);
    if (event.event_action === 'resolve') openAlerts.delete(event.dedup_key);
    else if (event.event_action === 'trigger')
      openAlerts.set(event.dedup_key, {
        summary: event.payload?.summary ?? '',
        severity: event.payload?.severity ?? '',
        acknowledged: open?.acknowledged ?? false,
        triggers: (open?.triggers ?? 0) + 1,
      });
    else if (open !== undefined) openAlerts.set(event.dedup_key, { ...open, acknowledged: true });
  }

  const standIn = await listen((exchange) => {
    const { status, body, headers } = answer(exchange);
    sendJson(exchange.response, status, body, { ...headers });
  });
  const pagerDuty: PagerDutyStandIn = {
    ...standIn,
    events,
    openAlerts,
    get requests() {
      return requests;
    },
    down: false,
    answers: [],
  };
  return pagerDuty;
}

function bodyOf(status: number): object {
  if (status === 429)
    return {
      status: 'throttle exceeded',
      message: 'Requests for this service are arriving too quickly.  Please retry later.',
      errors: ['Enhance Your Calm.'],
    };
  return status < 500 ? invalid(['Event object is invalid']) : { status: 'error', message: 'Internal Server Error' };
}

function invalid(errors: readonly string[]): object {
  return { status: 'invalid event', message: 'Event object is invalid', errors };
}

function parsed(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
