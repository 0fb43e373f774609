import { describe, expect, it } from 'vitest';
import { imagesOf, podSelector } from '../src/pods.ts';

describe('the selector of a workload’s pods', () => {
  it('is its own, in the form of a query', () => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['web', 'api'] },
      { key: 'track', operator: 'NotIn', values: ['canary'] },
      { key: 'team', operator: 'Exists' },
      { key: 'legacy', operator: 'DoesNotExist' },
    ];
    const selector = { matchLabels: { app: 'checkout' }, matchExpressions };
    expect(podSelector({ metadata: { name: 'a' }, spec: { selector } })).toBe(
      'app=checkout,tier in (web,api),track notin (canary),team,!legacy',
    );
  });

  it('is the hash’s label for a Rollout without one', () => {
    expect(podSelector({ metadata: { name: 'a' } })).toBe('rollouts-pod-template-hash');
  });
});

describe('the images of a workload', () => {
  it('are those of its template, each once', () => {
    const containers = [
      { name: 'a', image: 'x:1' },
      { name: 'b', image: 'x:1' },
      { name: 'c', image: 'y:2' },
    ];
    expect(imagesOf({ metadata: { name: 'a' }, spec: { template: { spec: { containers } } } }, undefined)).toEqual([
      'x:1',
      'y:2',
    ]);
  });

  it('are those of its pods when its template lies elsewhere', () => {
    const pod = { metadata: { name: 'p' }, spec: { containers: [{ name: 'a', image: 'x:1' }] } };
    expect(imagesOf({ metadata: { name: 'a' }, spec: {} }, [pod, pod])).toEqual(['x:1']);
  });
});
