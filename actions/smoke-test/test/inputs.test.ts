import { runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';

const run = (inputs: Record<string, string>, files: Record<string, string> = {}) =>
  runMain('smoke-test', (step) => main(step), { inputs, files });

const TESTS = 'tests: [{ path: / }]';

describe('base-url', () => {
  it.each([
    ['checkout.example/app', 'this is not a URL', 'write the scheme too: https://checkout.staging.example.com'],
    ['not a url', 'this is not a URL', 'write an address such as https://checkout.staging.example.com'],
    ['ftp://a.example', '"ftp://" is not an address for HTTP: expected https:// or http://', undefined],
    ['https://a.example/?x=1', 'the URL has a query or a fragment', 'put the query into the path of each test'],
  ])('%s', async (baseUrl, message, hint) => {
    const { exitCode, annotations } = await run({ 'base-url': baseUrl, tests: TESTS });
    expect(exitCode).toBe(1);
    expect(annotations).toEqual([
      { level: 'error', title: 'Input "base-url"', message: `Input "base-url": ${message}`, ...(hint ? { hint } : {}) },
    ]);
  });

  it('with a password in it is refused without being shown', async () => {
    const result = await run({ 'base-url': 'https://ada:hunter2hunter2@a.example', tests: TESTS });
    expect(result.annotations[0]?.message).toBe(
      'Input "base-url": the URL holds a user name or a password, which every log line about it would show',
    );
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });
});

it('all bad inputs are told at once', async () => {
  const { annotations } = await run({ 'base-url': '', tests: '', timeout: '5', 'warm-up': 'a while' });
  expect(annotations.map(({ message }) => message)).toEqual([
    'Input "base-url" is required and has no value.',
    'Input "tests" is required and has no value.',
    'Input "timeout": "5" is not a duration such as 90s, 10m or 1h30m',
    'Input "warm-up": "a while" is not a duration such as 90s, 10m or 1h30m',
  ]);
});

describe('a test file', () => {
  it('that is not there', async () => {
    const url = 'http://127.0.0.1:9';
    const { exitCode, annotations } = await run({ 'base-url': url, tests: 'deploy/smoke.yml' });
    expect(exitCode).toBe(1);
    expect(annotations[0]?.message).toMatch(/^The test file deploy\/smoke\.yml does not exist in .+workspace\.$/);
    expect(annotations[0]?.hint).toMatch(/^is there an actions\/checkout step before this one\?/);
    const near = await run({ 'base-url': url, tests: 'deploy/smok.yml' }, { 'deploy/smoke.yml': TESTS });
    expect(near.annotations[0]?.hint).toBe('did you mean deploy/smoke.yml?');
  });

  it('that is a folder', async () => {
    const { annotations } = await run(
      { 'base-url': 'http://a.example', tests: 'deploy' },
      { 'deploy/smoke.yml': TESTS },
    );
    expect(annotations[0]).toMatchObject({
      message: 'The test file deploy is a folder.',
      hint: 'name a file in it: tests: deploy/smoke-tests.yml',
    });
  });
});
