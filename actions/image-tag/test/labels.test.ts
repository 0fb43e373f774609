import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageLabels, labelLines } from '../src/labels.ts';
import { commits, push } from './events.ts';

const made = { version: 'sha-a3f91c2b04de', created: new Date('2026-01-15T12:00:00Z') };
const context = { repository: 'acme/checkout-service', serverUrl: 'https://github.com', commit: commits.HEAD };

describe('imageLabels', () => {
  it('is in the order of a dictionary, whatever the keys are', () => {
    const letter = fc.constantFrom(...'abz019.-_AZ'.split(''));
    const key = fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => `k${letters.join('')}`);
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 8 }), (keys) => {
        const custom = keys.map((each) => ({ key: each, value: 'x' }));
        const found = Object.keys(imageLabels({ ...context, payload: {} }, made, custom));
        expect(found).toEqual(found.toSorted((one, other) => one.localeCompare(other, 'en')));
      }),
    );
  });

  it('says what the event knows of the repository, sorted', () => {
    expect(labelLines(imageLabels({ ...context, payload: push('refs/heads/main').payload }, made))).toEqual([
      'org.opencontainers.image.created=2026-01-15T12:00:00.000Z',
      'org.opencontainers.image.description=Takes orders',
      'org.opencontainers.image.licenses=Apache-2.0',
      `org.opencontainers.image.revision=${commits.HEAD}`,
      'org.opencontainers.image.source=https://github.com/acme/checkout-service',
      'org.opencontainers.image.title=checkout-service',
      'org.opencontainers.image.url=https://github.com/acme/checkout-service',
      'org.opencontainers.image.version=sha-a3f91c2b04de',
    ]);
  });

  it('leaves out what a schedule event does not know: an empty label would replace that of the Dockerfile', () => {
    expect(Object.keys(imageLabels({ ...context, payload: { schedule: '0 5 * * *' } }, made))).toEqual(
      ['created', 'revision', 'source', 'title', 'url', 'version'].map((key) => `org.opencontainers.image.${key}`),
    );
  });

  it('names the server that the repository is on', () => {
    const labels = imageLabels({ ...context, serverUrl: 'https://github.acme.dev', payload: {} }, made);
    expect(labels['org.opencontainers.image.source']).toBe('https://github.acme.dev/acme/checkout-service');
  });

  it('keeps a description of several lines on one', () => {
    const payload = { repository: { description: 'one\r\norg.opencontainers.image.revision=lie' } };
    const labels = imageLabels({ ...context, payload }, made);
    expect(labelLines(labels).filter((line) => line.includes('revision='))).toEqual([
      'org.opencontainers.image.description=one org.opencontainers.image.revision=lie',
      `org.opencontainers.image.revision=${commits.HEAD}`,
    ]);
  });
});
