/** An event of the Events API v2 as it was accepted. */
export interface PagerDutyEvent {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly timestamp?: string;
    readonly component?: string;
    readonly group?: string;
    readonly class?: string;
    readonly custom_details?: unknown;
  };
  readonly links?: readonly { readonly href: string; readonly text?: string }[];
  readonly images?: readonly { readonly src: string }[];
  readonly client?: string;
  readonly client_url?: string;
}

export interface OpenAlert {
  readonly summary: string;
  readonly severity: string;
  readonly acknowledged: boolean;
  /** How many triggers carried its key. */
  readonly triggers: number;
}

const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const SEVERITIES = ['critical', 'error', 'warning', 'info'];

/** What is wrong with an event, as the Events API v2 documents its fields and their lengths. */
export function faultsOf(event: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  const { routing_key: key, event_action: action, dedup_key: dedup, payload, links, images } = event;
  if (typeof key !== 'string') faults.push("'routing_key' is missing or blank");
  else if (key.length !== 32) faults.push("Length of 'routing_key' is incorrect (should be 32 characters)");
  if (!ACTIONS.includes(String(action)))
    faults.push(`'event_action' is invalid (must be one of: ${ACTIONS.join(', ')})`);
  if (dedup !== undefined && (typeof dedup !== 'string' || dedup.length > 255))
    faults.push("Length of 'dedup_key' is incorrect (should be at most 255 characters)");
  if (dedup === undefined && action !== 'trigger') faults.push("'dedup_key' is missing or blank");
  if (action === 'trigger') faults.push(...payloadFaults(payload));
  if (!listOf(links, (link) => typeof link.href === 'string')) faults.push("'links' is invalid");
  if (!listOf(images, (image) => /^https:/.test(String(image.src)))) faults.push("'images' is invalid");
  return faults;
}

function payloadFaults(payload: unknown): string[] {
  if (!isObject(payload)) return ["'payload' is missing or blank"];
  const { summary, source, severity, timestamp, component, group, class: kind } = payload;
  const faults: string[] = [];
  if (typeof summary !== 'string' || summary === '') faults.push("'payload.summary' is missing or blank");
  else if (summary.length > 1_024)
    faults.push("Length of 'payload.summary' is incorrect (should be at most 1024 characters)");
  if (typeof source !== 'string' || source === '') faults.push("'payload.source' is missing or blank");
  if (!SEVERITIES.includes(String(severity)))
    faults.push(`'payload.severity' is invalid (must be one of the following: ${SEVERITIES.join(', ')})`);
  if (timestamp !== undefined && Number.isNaN(Date.parse(String(timestamp))))
    faults.push("'payload.timestamp' is invalid");
  for (const [name, value] of Object.entries({ component, group, class: kind }))
    if (value !== undefined && typeof value !== 'string')
      faults.push(`'payload.${name}' is invalid (must be a string)`);
  return faults;
}

function listOf(value: unknown, check: (item: Record<string, unknown>) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every((item) => isObject(item) && check(item)));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
