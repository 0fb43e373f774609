import { existsSync, readFileSync } from 'node:fs';
import { manualClock, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { main } from '../src/main.ts';

/** Events and API answers that GitHub really sent, recorded by other projects. They are not part of this repository. */
const RECORDINGS = new URL('../../../../shared/conformance/', import.meta.url);
const EVENTS = new URL('image-tag/metadata-action-cases.json', RECORDINGS);
const RUNS = new URL('push-telemetry/recorded-github-api.json', RECORDINGS);

const read = (file: URL) => JSON.parse(readFileSync(file, 'utf8'));
const run = (event: { name: string; sha: string; ref: string; payload: unknown }, tags: string) =>
  runMain('image-tag', (step) => main(step, manualClock()), { event, inputs: { images: 'ghcr.io/acme/app', tags } });

describe.skipIf(!existsSync(EVENTS))(`recorded events (skipped where there is no ${EVENTS.pathname})`, () => {
  function recorded(name: string) {
    const { fixtures, events } = read(EVENTS);
    const { env, event } = fixtures[name];
    return { name: env.GITHUB_EVENT_NAME, sha: env.GITHUB_SHA, ref: env.GITHUB_REF, payload: events[event] };
  }

  it('T01 a pull_request gives its head commit', async () => {
    const event = recorded('event_pull_request');
    const { outputs } = await run(event, 'type=sha\ntype=ref,event=pr\ntype=ref,event=branch');
    expect(event.sha).toBe('a9c8c5828b91be19d9728548b24759e352367ef1');
    expect(outputs.revision).toBe('3370e228f2209994d57af4427fe64e71bb79ac96');
    expect(outputs.tags).toBe('ghcr.io/acme/app:pr-15\nghcr.io/acme/app:sha-3370e228f220');
  });

  it('a pull_request_target never gives the tag of the base branch that GITHUB_REF names', async () => {
    const event = recorded('event_pull_request_target');
    const { outputs } = await run(event, 'type=ref,event=branch\ntype=ref,event=pr');
    expect(event.ref).toBe('refs/heads/master');
    expect(outputs.tags).toBe('ghcr.io/acme/app:pr-15');
  });

  it('every recorded event gives a tag by its commit', async () => {
    for (const name of Object.keys(read(EVENTS).fixtures)) {
      const event = recorded(name);
      if (!event.sha || !event.name) continue;
      const { exitCode, outputs } = await run(event, 'type=sha');
      expect([name, exitCode, outputs.version]).toEqual([name, 0, `sha-${outputs.revision?.slice(0, 12)}`]);
    }
  });
});

describe.skipIf(!existsSync(RUNS))(`recorded runs (skipped where there is no ${RUNS.pathname})`, () => {
  it('T02 a workflow_run gives the commit of the run before it', async () => {
    const runs = read(RUNS).filter(({ data }: { data: { head_sha?: string } }) => data?.head_sha !== undefined);
    expect(runs).not.toEqual([]);
    for (const { data } of runs) {
      const sha = '266574110acf203503badf966df2ea24b5d732d7';
      const event = { name: 'workflow_run', sha, ref: 'refs/heads/main', payload: { workflow_run: data } };
      const { outputs } = await run(event, 'type=sha');
      expect(outputs.revision).toBe(data.head_sha);
    }
  });
});
