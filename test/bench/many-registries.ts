import { setTimeout } from 'node:timers/promises';
import { httpClient } from '@delivery-actions/http';
import { ociRegistry, parseImageName } from '@delivery-actions/oci';
import { listen } from '@delivery-actions/stand-ins';
import { spread } from './spread.ts';

const DELAYS: readonly number[] = [100, 200, 400];
const TAGS = 10;
const ROUNDS = 7;

/** The digests of ten tags on each of three registries of different speed, asked for side by side. */
export async function manyRegistries(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const images: string[] = [];
  for (const delay of DELAYS) {
    const registry = stack.use(
      await listen(async ({ response }) => {
        await setTimeout(delay);
        response.writeHead(200, { 'docker-content-digest': `sha256:${'a'.repeat(64)}` }).end();
      }),
    );
    images.push(`${new URL(registry.url).host}/acme/app`);
  }
  const ask = async (image: string, tag: string) => {
    const start = performance.now();
    await ociRegistry({ http: httpClient() }).digest({ ...parseImageName(image), tag });
    return performance.now() - start;
  };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const single = Math.max(...(await Promise.all(images.map((image) => ask(image, 'one')))));
    const start = performance.now();
    await Promise.all(
      images.flatMap((image) => Array.from({ length: TAGS }, (_, index) => ask(image, `tag-${index}`))),
    );
    ratios.push((performance.now() - start) / single);
  }
  const { median, least, most } = spread(ratios);
  console.log(
    `${TAGS} tags on ${DELAYS.length} registries side by side: ${median.toFixed(2)}x (${least.toFixed(2)} to ${most.toFixed(2)}) of the slowest single answer (target 2x)\n`,
  );
}
