import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actionNames, ROOT, readNeeds } from '@delivery-actions/release';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { actionYml } from './action.ts';

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly steps?: readonly Step[] }>
  >;
}

const FOLDER = join(ROOT, 'workflows-templates');
const templates = readdirSync(FOLDER).filter((name) => name.endsWith('.yml'));
const ours = /^org\/actions\/([^@/]+)@(.+)$/;

it('there are templates', () => {
  expect(templates).not.toEqual([]);
});

describe.each(templates)('%s', (template) => {
  const text = readFileSync(join(FOLDER, template), 'utf8');
  const { jobs } = parse(text) as Workflow;
  const uses = Object.entries(jobs).flatMap(([job, { steps = [] }]) =>
    steps.flatMap((step) => {
      const [, action, ref] = ours.exec(step.uses ?? '') ?? [];
      return action === undefined || ref === undefined ? [] : [{ job, step, action, ref }];
    }),
  );

  it('uses actions that there are, at the major version', () => {
    for (const { action, ref } of uses) {
      expect(actionNames()).toContain(action);
      expect(ref).toBe('v1');
    }
  });

  it('gives each of them inputs that it has, and all that it needs', () => {
    for (const { job, step, action } of uses) {
      const declared = actionYml(action).inputs ?? {};
      const where = `${job}: ${action}`;
      for (const name of Object.keys(step.with ?? {})) expect(Object.keys(declared), where).toContain(name);
      for (const [name, input] of Object.entries(declared))
        if (input?.required) expect(Object.keys(step.with ?? {}), where).toContain(name);
    }
  });

  it('grants the token of the job what their READMEs say that they always need', () => {
    for (const { job, action } of uses) {
      const granted = Object.entries(jobs[job]?.permissions ?? {}).flatMap(([scope, access]) =>
        access === 'write' ? [`${scope}: read`, `${scope}: write`] : [`${scope}: ${access}`],
      );
      for (const permission of Object.keys(readNeeds(ROOT, action).permissions))
        expect(granted, `${job}: ${action}`).toContain(permission);
    }
  });

  it('reads outputs that they have', () => {
    for (const { step, action } of uses) {
      if (step.id === undefined) continue;
      const read = [...text.matchAll(new RegExp(`steps\\.${step.id}\\.outputs\\.([\\w-]+)`, 'g'))];
      for (const [, name] of read) expect(Object.keys(actionYml(action).outputs ?? {})).toContain(name);
    }
  });
});
