import { runBundle, SHA } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';

const IMAGE = 'ghcr.io/acme/checkout-service';

describe('image-tag as it ships', () => {
  it('hands out tags, labels and the commit', async () => {
    const { exitCode, outputs, lines, summary, annotations } = await runBundle('image-tag', {
      inputs: { images: IMAGE, tags: 'type=sha\ntype=ref,event=branch' },
      env: { SOURCE_DATE_EPOCH: '1700000000' },
    });
    expect(exitCode).toBe(0);
    expect(annotations).toEqual([]);
    expect(outputs).toMatchObject({
      tags: `${IMAGE}:main\n${IMAGE}:sha-${SHA.slice(0, 12)}`,
      version: 'main',
      revision: SHA,
      labels: [
        'org.opencontainers.image.created=2023-11-14T22:13:20.000Z',
        `org.opencontainers.image.revision=${SHA}`,
        'org.opencontainers.image.source=https://github.com/acme/checkout-service',
        'org.opencontainers.image.title=checkout-service',
        'org.opencontainers.image.url=https://github.com/acme/checkout-service',
        'org.opencontainers.image.version=main',
      ].join('\n'),
    });
    expect(Object.keys(outputs).sort()).toEqual([
      ...['annotations', 'bake-file', 'bake-file-annotations', 'bake-file-labels', 'bake-file-tags'],
      ...['json', 'labels', 'revision', 'tag-names', 'tags', 'version'],
    ]);
    expect(outputs['tag-names']).toBe(`main\nsha-${SHA.slice(0, 12)}`);
    expect(lines.at(-1)).toBe(`2 tags for ${IMAGE} at commit ${SHA}`);
    expect(summary).toContain(`| ✅ | sha-${SHA.slice(0, 12)} | type=sha | first 12 digits of commit ${SHA} |`);
  });

  it('T01 names the head commit on pull_request', async () => {
    const head = '3370e228f2209994d57af4427fe64e71bb79ac96';
    const { outputs } = await runBundle('image-tag', {
      inputs: { images: IMAGE },
      event: {
        name: 'pull_request',
        ref: 'refs/pull/15/merge',
        payload: { number: 15, pull_request: { head: { sha: head } } },
      },
    });
    expect(outputs).toMatchObject({ version: 'sha-3370e228f220', revision: head });
  });

  it('T09 refuses a tag in an image name and a bad rule in one run, and writes no output', async () => {
    const { exitCode, outputs, annotations, lines } = await runBundle('image-tag', {
      inputs: { images: `${IMAGE}:latest`, tags: 'type=sha,formt=long' },
    });
    expect({ exitCode, outputs, lines }).toEqual({ exitCode: 1, outputs: {}, lines: [] });
    expect(annotations.map(({ message }) => message)).toEqual([
      `Input "images", line 1: "${IMAGE}:latest" has the tag "latest": write the name of the image alone, "${IMAGE}"`,
      'Input "tags", line 1: formt=long is not an attribute of type=sha: expected format, enable, priority, prefix or suffix.\nNext: did you mean "format"?',
    ]);
  });

  it('says what to write when there is no image', async () => {
    const { exitCode, annotations } = await runBundle('image-tag');
    expect(exitCode).toBe(1);
    expect(annotations).toEqual([
      {
        level: 'error',
        title: 'Input "images"',
        message:
          'Input "images" is required and has no value.\nNext: add under "with:", for example:\nimages: ghcr.io/${{ github.repository }}',
      },
    ]);
  });
});
