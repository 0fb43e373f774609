import type { Run } from '@delivery-actions/action-kit';
import { manualClock, type Recorded, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import type { Answer, OpenSecretsManager } from '../src/aws/answer.ts';
import type { SecretId } from '../src/aws/secret-id.ts';
import { awsStore } from '../src/aws/store.ts';
import { main } from '../src/main.ts';
import { STORES } from '../src/store.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x-AbCdEf';

/** A store that finds everything, and remembers how it was used. */
function store(
  describe = (secrets: readonly SecretId[], _: AbortSignal): Promise<readonly Answer[]> =>
    Promise.resolve(secrets.map(found)),
) {
  const used = { regions: [] as (string | undefined)[], ids: [] as string[], closed: 0 };
  const open: OpenSecretsManager = async (_, { region }) => {
    used.regions.push(region);
    return {
      describe(secrets, signal) {
        used.ids.push(...secrets.map(({ id }) => id));
        return describe(secrets, signal);
      },
      lookInto: async () => [],
      ages: async () => [],
      list: async () => undefined,
      [Symbol.dispose]() {
        used.closed += 1;
      },
    };
  };
  return { used, open };
}

function found(secret: SecretId): Answer {
  return { secret, region: 'eu-west-1', result: { arn: ARN, stages: ['AWSCURRENT'] } };
}

function validate(
  inputs: Record<string, string>,
  {
    env = {},
    ...with_
  }: { env?: Record<string, string>; open?: OpenSecretsManager; clock?: ReturnType<typeof manualClock> } = {},
): Promise<Recorded> {
  const { open = store().open, clock = manualClock() } = with_;
  return runMain('validate-secrets', (run: Run) => main(run, { ...STORES, aws: async () => awsStore(open) }, clock), {
    inputs,
    env,
  });
}

describe('inputs', () => {
  it('asks for each secret once, sorted', async () => {
    const { used, open } = store();
    await validate({ secrets: 'b\na\n\n# comment\nb # again\n' }, { open });
    expect(used.ids).toEqual(['a', 'b']);
  });

  it.each([
    [{ region: 'eu-west-1' }, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'eu-west-1'],
    [{}, { AWS_REGION: 'us-east-1', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-1'],
    [{}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-2'],
    [{}, {}, undefined],
  ])('with %j and %j asks in %s', async (inputs, env, region) => {
    const { used, open } = store();
    await validate({ secrets: 'a', ...inputs }, { env, open });
    expect(used.regions).toEqual([region]);
  });

  it('tells everything that is wrong at once, and asks nothing', async () => {
    const { used, open } = store();
    const { exitCode, annotations } = await validate(
      { secrets: 'a b\nfine\narn:aws:s3:::bucket', region: 'eu-west-1a', timeout: '60' },
      { open },
    );
    expect(exitCode).toBe(1);
    expect(annotations.map(({ message }) => message)).toEqual([
      'Input "secrets", line 1: "a b" cannot be the name of a secret: it may not contain a blank',
      'Input "secrets", line 3: "arn:aws:s3:::bucket" is not the ARN of a secret: expected arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-AbCdEf',
      'The region is "eu-west-1a": expected the code of an AWS region, such as eu-west-1.',
      'Input "timeout": "60" is not a duration such as 90s, 10m or 1h30m',
    ]);
    expect(annotations[2]?.hint).toBe('eu-west-1a is an availability zone; its region is eu-west-1');
    expect(used.regions).toEqual([]);
  });

  it('refuses what is no region, wherever it comes from', async () => {
    const { annotations } = await validate({ secrets: 'a' }, { env: { AWS_REGION: 'Ireland' } });
    expect(annotations).toMatchObject([
      {
        message: 'The region is "Ireland": expected the code of an AWS region, such as eu-west-1.',
        hint: expect.stringMatching(/AWS_REGION/),
      },
    ]);
  });
});

describe('the end of a run', () => {
  it('closes the store when all went well', async () => {
    const { used, open } = store();
    expect((await validate({ secrets: 'a' }, { open })).exitCode).toBe(0);
    expect(used.closed).toBe(1);
  });

  it('closes the store when asking breaks, and calls that a bug', async () => {
    const { used, open } = store(() => Promise.reject(new Error('broken')));
    const { exitCode, annotations } = await validate({ secrets: 'a' }, { open });
    expect(exitCode).toBe(1);
    expect(annotations).toMatchObject([{ title: 'This is a bug' }]);
    expect(used.closed).toBe(1);
  });

  it('gives up when the time is up', async () => {
    const clock = manualClock({ idle: 'skip' });
    const { used, open } = store(
      (secrets, signal) =>
        new Promise((resolve) => {
          const failure = { during: 'request', name: 'AbortError', message: '' } as const;
          signal.addEventListener('abort', () =>
            resolve(secrets.map((secret) => ({ secret, region: 'eu-west-1', result: failure }))),
          );
        }),
    );
    const start = clock.now();
    const { exitCode, lines } = await validate({ secrets: 'a\nb', timeout: '90s' }, { open, clock });
    expect(clock.now() - start).toBe(90_000);
    expect(exitCode).toBe(1);
    expect(lines.at(-1)).toBe('0/2 secrets are usable; 2 could not be checked');
    expect(used.closed).toBe(1);
  });

  it('counts in its last line', async () => {
    const failure = (name: string) => ({ during: 'request', name, message: '' }) as const;
    const results = [
      { arn: ARN, stages: ['AWSCURRENT'] },
      failure('ResourceNotFoundException'),
      failure('InternalServiceError'),
    ];
    const { open } = store(async (secrets) =>
      secrets.map((secret, index) => ({ secret, region: 'eu-west-1', result: results[index] ?? failure('Error') })),
    );
    const { lines, outputs } = await validate({ secrets: 'a\nb\nc' }, { open });
    expect(lines.at(-1)).toBe('1/3 secrets are usable; 1 is not; 1 could not be checked');
    expect(outputs).toMatchObject({ 'checked-count': '3', 'failed-count': '2' });
  });
});
