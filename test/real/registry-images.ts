import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { httpClient } from '@delivery-actions/http';
import { dockerCredentials, ociRegistry, parseImageName, RegistryFailure } from '@delivery-actions/oci';
import { runBundle, SHA } from '@delivery-actions/testkit';

const runFile = promisify(execFile);

interface Server {
  readonly crane: string;
  /** A folder of this judgement's own. */
  readonly place: string;
  /** `127.0.0.1:5000` */
  readonly host: string;
  readonly login?: { readonly username: string; readonly password: string };
}

const PLATFORMS: readonly string[] = ['amd64', 'arm64'];
const TAG = `sha-${SHA.slice(0, 12)}`;
const OTHER = 'f'.repeat(40);

/**
 * crane pushes images of two platforms, and says what is there; packages/oci has to say the same, and so has the shipped
 * image-tag, before a build and after a push.
 */
export async function judgeImages({ crane, place, host, login }: Server): Promise<number> {
  const config = mkdtempSync(join(place, 'docker-'));
  const env = { ...process.env, DOCKER_CONFIG: config, HOME: config };
  const ask = async (...args: readonly string[]) => (await runFile(crane, args, { env })).stdout.trim();
  let checks = 0;
  const same = (found: unknown, expected: unknown) => {
    assert.deepEqual(found, expected);
    checks += 1;
  };
  const registry = () =>
    ociRegistry({ http: httpClient(), credentials: dockerCredentials({ env: { DOCKER_CONFIG: config } }) });
  const image = `${host}/acme/app`;
  const name = parseImageName(image);

  if (login !== undefined) {
    await assert.rejects(
      registry().tags(name),
      (error) => error instanceof RegistryFailure && error.kind === 'credentials-wanted',
    );
    await assert.rejects(ask('ls', image), /UNAUTHORIZED/);
    await ask('auth', 'login', host, '-u', login.username, '-p', login.password);
  }
  same(await registry().tags(name), []);
  const digest = await pushed(TAG, SHA);
  const other = await pushed('other', OTHER);

  same(await registry().digest({ ...name, tag: TAG }), digest);
  same([...(await registry().tags(name))].sort(), (await ask('ls', image)).split('\n').sort());
  const images = await registry().images(name, digest);
  for (const [index, architecture] of PLATFORMS.entries()) {
    const platform = `linux/${architecture}`;
    const { config: { Labels } = {} } = JSON.parse(await ask('config', '--platform', platform, `${image}:${TAG}`));
    same(images[index], {
      platform,
      labels: Labels,
      annotations: {},
      digest: await ask('digest', '--platform', platform, `${image}:${TAG}`),
    });
  }
  // An image of one platform, by its own digest.
  const single = await ask('digest', `${image}:${TAG}-arm64`);
  same(
    (await registry().images(name, single)).map(({ platform }) => platform),
    ['linux/arm64'],
  );
  await assert.rejects(registry().images(name, `sha256:${'0'.repeat(64)}`), /does not exist/);

  const reference = `${image}:${TAG}@${digest}`;
  const reused = await step({ exists: 'reuse', platforms: 'linux/amd64,linux/arm64' });
  same([reused.exitCode, reused.outputs.exists, reused.outputs['deploy-ref']], [0, 'true', reference]);
  const refused = await step({ exists: 'fail' });
  same([refused.exitCode, refused.outputs], [1, {}]);
  const verified = await step({ verify: digest, platforms: 'linux/amd64,linux/arm64' });
  same([verified.exitCode, verified.outputs.refs], [0, reference]);
  same(await ask('digest', verified.outputs['deploy-ref'] ?? ''), digest);
  for (const wrong of [{ verify: other }, { verify: digest, platforms: 'linux/s390x' }])
    same((await step({ ...wrong, timeout: '1s' })).exitCode, 1);
  await ask('tag', `${image}:other`, TAG);
  const unlike = await step({ verify: other });
  same(unlike.exitCode, 1);
  assert.match(
    unlike.annotations[0]?.message ?? '',
    new RegExp(`was not built from commit ${SHA}.*linux/amd64 ${OTHER}`),
  );
  return checks;

  /** An index of an image for each platform, with the label of that commit. */
  async function pushed(tag: string, revision: string): Promise<string> {
    const parts: string[] = [];
    for (const architecture of PLATFORMS) {
      const part = `${image}:${tag}-${architecture}`;
      await ask('append', '--oci-empty-base', '-f', layer(`${architecture} ${revision}`), '-t', part);
      const label = `org.opencontainers.image.revision=${revision}`;
      await ask('mutate', '--set-platform', `linux/${architecture}`, '--label', label, '-t', part, part);
      parts.push('-m', part);
    }
    await ask('index', 'append', '-t', `${image}:${tag}`, ...parts);
    return ask('digest', `${image}:${tag}`);
  }

  function layer(content: string): string {
    const folder = mkdtempSync(join(place, 'layer-'));
    mkdirSync(join(folder, 'app'));
    writeFileSync(join(folder, 'app', 'server'), content);
    execFileSync('tar', ['-C', folder, '-cf', join(folder, 'layer.tar'), 'app']);
    return join(folder, 'layer.tar');
  }

  function step(inputs: Readonly<Record<string, string>>) {
    return runBundle('image-tag', { inputs: { images: image, ...inputs }, env: { DOCKER_CONFIG: config } });
  }
}
