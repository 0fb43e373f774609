import { type InputReader, UserError } from '@delivery-actions/action-kit';

export type Inputs = ReturnType<typeof parseInputs>;

export function parseInputs(read: InputReader) {
  const site = read.parsed('datadog-site', datadogSite, { example: 'datadoghq.eu' });
  const relay = read.optionalText('datadog-url') && read.parsed('datadog-url', address);
  const inputs = {
    githubToken: read.optionalSecret('github-token'),
    datadog: {
      key: read.optionalSecret('datadog-api-key'),
      ...(relay ? { url: relay, name: relay.host } : site),
    },
    pagerDuty: {
      key: read.optionalSecret('pagerduty-routing-key'),
      url: read.parsed('pagerduty-url', address, { example: 'https://events.pagerduty.com' }),
    },
    service: read.optionalText('service'),
    alertThreshold: read.integer('alert-threshold', { min: 1, max: 100 }),
    alertWindow: read.duration('alert-window'),
    timeout: read.duration('timeout'),
  };
  return read.complete(inputs, ({ githubToken, alertWindow, timeout }) => {
    if (githubToken === undefined)
      read.problem(
        'github-token',
        'Input "github-token" is empty.',
        'leave it out: the default is ${{ github.token }}',
      );
    if (alertWindow === 0) read.problem('alert-window', 'Input "alert-window" is no time at all.', 'alert-window: 1h');
    if (timeout === 0) read.problem('timeout', 'Input "timeout" is no time at all.', 'timeout: 1m');
  });
}

/** Sites come and go, so only the shape is checked, and the mistake of giving the address of a page or of the API. */
function datadogSite(text: string): { url: URL; name: string } {
  const name = text.toLowerCase();
  const [, bare] = /^(?:https?:\/\/)?(?:(?:app|api)\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/?$/.exec(name) ?? [];
  if (bare === name) return { url: new URL(`https://api.${name}`), name };
  throw new UserError(
    `"${text}" is not a Datadog site such as datadoghq.com, datadoghq.eu or us5.datadoghq.com`,
    bare === undefined ? {} : { hint: `datadog-site: ${bare}` },
  );
}

function address(text: string): URL {
  if (URL.canParse(text)) {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol)) return url;
  }
  throw new UserError('this is not an address that begins with https:// or http://');
}
