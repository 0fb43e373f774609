import { type InputReader, UserError } from '@delivery-actions/action-kit';

export type TestSource = { readonly inline: string } | { readonly path: string };

export function parseInputs(read: InputReader) {
  return read.complete({
    baseUrl: read.parsed('base-url', parseBaseUrl, { example: 'https://checkout.staging.example.com' }),
    tests: read.parsed('tests', parseSource, { example: 'deploy/smoke-tests.yml' }),
    timeout: read.duration('timeout'),
    warmUp: read.duration('warm-up'),
  });
}

export type Inputs = ReturnType<typeof parseInputs>;

/** Where the service answers, without a slash at the end. No message quotes the address: it may hold a password. */
function parseBaseUrl(text: string): URL {
  if (!URL.canParse(text)) {
    throw new UserError('this is not a URL', {
      hint: /^[\w.-]+(?::\d+)?(?:\/|$)/.test(text)
        ? 'write the scheme too: https://checkout.staging.example.com'
        : 'write an address such as https://checkout.staging.example.com',
    });
  }
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw new UserError('the URL holds a user name or a password, which every log line about it would show', {
      hint: 'take it out of the URL, pass it under "env:" and send it as a header of the test:\nauthorization: Basic ${SMOKE_TEST_CREDENTIALS}',
    });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new UserError(`"${url.protocol}//" is not an address for HTTP: expected https:// or http://`);
  if (url.search !== '' || url.hash !== '')
    throw new UserError('the URL has a query or a fragment', { hint: 'put the query into the path of each test' });
  return url;
}

/** A path is one line; YAML has more lines than one, or a colon, bracket or dash that no path begins with. */
function parseSource(text: string): TestSource {
  return /\n|:\s|:$|^[-[{]/.test(text) ? { inline: text } : { path: text };
}
