import { existsSync, readFileSync } from 'node:fs';
import { type Circumstances, manualClock, type Recorded, runMain } from '@delivery-actions/testkit';
import { describe, expect, it } from 'vitest';
import { flavorOf, parseFlavor } from '../../actions/image-tag/src/flavor.ts';
import type { Git } from '../../actions/image-tag/src/git.ts';
import { parseImages } from '../../actions/image-tag/src/image.ts';
import { type Inputs, parseInputs } from '../../actions/image-tag/src/inputs.ts';
import type { Pair } from '../../actions/image-tag/src/labels.ts';
import { main } from '../../actions/image-tag/src/main.ts';
import { parseRule } from '../../actions/image-tag/src/rule.ts';
import { isRawStatement } from '../../actions/image-tag/src/template.ts';

const FILE = new URL('../../../shared/conformance/image-tag/metadata-action-cases.json', import.meta.url);

type Lists = Readonly<Partial<Record<'images' | 'tags' | 'flavor' | 'labels', readonly string[]>>>;

interface Run {
  readonly id: string;
  readonly fixture: string;
  readonly inputs: Lists & { readonly bakeTarget?: string };
  readonly env?: Readonly<Record<string, string>>;
  readonly annotation_levels?: readonly string[];
}

interface EndToEnd extends Run {
  readonly expected: {
    readonly version: { readonly main: string | null; readonly partial: readonly string[] };
    readonly tags: readonly string[];
    readonly labels: readonly string[];
    readonly annotations: readonly string[];
  };
}

interface Line {
  readonly id: string;
  readonly input: string;
  readonly expected: { readonly type: string; readonly attrs: Readonly<Record<string, string>> } | null;
}

interface Cases {
  readonly peer_probes: readonly {
    name: string;
    env: Readonly<Record<string, string>>;
    inputs: Readonly<Record<string, string>>;
    tags: readonly string[];
  }[];
  readonly repo: unknown;
  readonly events: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly fixtures: Readonly<Record<string, { env: Readonly<Record<string, string>>; event: string | null }>>;
  readonly suites: {
    readonly end_to_end: readonly EndToEnd[];
    readonly parse_tag: readonly Line[];
    readonly is_raw_statement: readonly { id: string; input: string; expected: boolean }[];
    readonly transform_flavor: readonly { id: string; input: readonly string[]; expected: unknown }[];
    readonly transform_images: readonly { id: string; input: readonly string[]; expected: unknown }[];
    readonly json: readonly (Run & { expected: Readonly<Record<string, unknown>> })[];
    readonly bake_file: readonly (Run & { expected: Readonly<Record<'tags' | 'labels' | 'annotations', unknown>> })[];
    readonly bake_file_tags_labels: readonly (Run & { expected: unknown })[];
    readonly get_inputs: readonly {
      id: string;
      input: Readonly<Record<string, string>>;
      expected: Readonly<Record<string, string | readonly string[]>>;
    }[];
    readonly [suite: string]: readonly { readonly id: string }[];
  };
}

/** What the peer does without `tags`, as the README writes it. */
const PEER_DEFAULT = 'type=schedule\ntype=ref,event=branch\ntype=ref,event=tag\ntype=ref,event=pr';
/** The file's own clock, see its `_about`: what was committed then too. */
const NOW = Date.parse('2020-01-10T00:30:00.000Z');
const IMAGE = 'example.com/no-image';
const SEPARATE = '\n';

const NO_RUN = 'a step without GITHUB_* is no run of a workflow: an error, not an empty answer';
const NO_TAG = 'no rule that gives a tag is an error: the next step would push an image without a name';
const OF_BASE =
  "pull_request_target runs for the base branch's commit, and checks it out: that is what its tag and revision name";

/** Where we differ on purpose. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'meta:null:0': NO_RUN,
  'meta:null:1': NO_RUN,
  'meta:push:11': NO_TAG,
  'meta:pr-head-sha:6': OF_BASE,
  'meta:pr-head-sha:7': OF_BASE,
  'meta:pr-head-sha:9': OF_BASE,
};

const RELEASED = { names: ['v1.9.1', 'v2.0.0'], complete: true };

/** What the file says that the peer gets wrong, and what comes out here. */
const PROBES: Readonly<Record<string, RegExp>> = {
  branch_200_chars: /^x{119}-[0-9a-f]{8}$/,
  branch_unicode: /^branch-[0-9a-f]{8}$/,
  image_has_tag: /has the tag "latest": write the name of the image alone/,
  image_invalid: /ghcr\.io\/org\/__app!/,
  collision_slash: /^feature-a-[0-9a-f]{8}$/,
  semver_build_raw: /^v1\.2\.3$/,
  short_len_minus1: /"sha-length" is "-1": expected a whole number from 7 to 40/,
  typo_attr_ignored: /formt=long is not an attribute of type=sha/,
  html_escaped_branch: /^a-b-c-[0-9a-f]{8}$/,
  backport_latest: /^1\.9\.1\n1$/,
  merge_group: /^sha-860c190$/,
};

const git: Git = {
  checkout: async () => undefined,
  tags: async () => undefined,
  commitDate: async () => new Date(NOW),
  defaultBranch: async () => undefined,
};

describe.skipIf(!existsSync(FILE))("docker/metadata-action's own cases", () => {
  const cases = (existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : { suites: {} }) as Cases;
  const seen = new Set<string>();

  function each<Case extends { readonly id: string }>(
    suite: readonly Case[] | undefined,
    check: (one: Case) => void | Promise<void>,
  ) {
    for (const one of suite ?? []) {
      const reason = EXCEPTIONS[one.id];
      seen.add(one.id);
      it(reason === undefined ? one.id : `${one.id} (differs: ${reason})`, async () => {
        if (reason === undefined) await check(one);
        else await expect((async () => check(one))(), 'the exception is no longer needed').rejects.toThrow();
      });
    }
  }

  /** A run as the peer would see it: seven digits, the commit of GITHUB_SHA unless its own switch says otherwise. */
  async function run({ fixture, inputs, env = {}, annotation_levels }: Run): Promise<Recorded> {
    const { env: variables = {}, event } = cases.fixtures[fixture] ?? {};
    const payload = { ...(event ? cases.events[event] : {}), repository: cases.repo };
    if ('head_commit' in payload)
      Object.assign(payload, {
        head_commit: { ...(payload.head_commit as object), timestamp: new Date(NOW).toISOString() },
      });
    const lists = Object.entries(inputs).filter(([name]) => name !== 'bakeTarget') as [string, readonly string[]][];
    const circumstances: Circumstances = {
      event: {
        name: variables.GITHUB_EVENT_NAME ?? '',
        sha: variables.GITHUB_SHA ?? '',
        ref: variables.GITHUB_REF ?? '',
        payload,
      },
      env: { GITHUB_REPOSITORY: 'octocat/Hello-World' },
      inputs: {
        tags: PEER_DEFAULT,
        'sha-length': '7',
        ...Object.fromEntries(lists.map(([name, lines]) => [name, lines.join('\n')])),
        ...(inputs.images?.length === 0 ? { images: IMAGE } : {}),
        'sha-source': env.DOCKER_METADATA_PR_HEAD_SHA === 'true' ? 'head' : 'event',
        ...(inputs.bakeTarget === undefined ? {} : { 'bake-target': inputs.bakeTarget }),
        ...(annotation_levels === undefined ? {} : { 'annotation-levels': annotation_levels.join(',') }),
      },
    };
    return runMain('image-tag', (step) => main(step, manualClock({ now: NOW }), git), circumstances);
  }

  each(cases.suites.end_to_end, async (one) => {
    const { exitCode, outputs, annotations: shown } = await run(one);
    const { version, tags, labels, annotations } = one.expected;
    expect({ exitCode, errors: shown.filter(({ level }) => level === 'error') }).toEqual({
      exitCode: 0,
      errors: [],
    });
    // Without images the peer hands out bare tags; an image is required here, and tag-names are bare.
    const bare = one.inputs.images?.length === 0;
    expect(outputs.tags?.split(SEPARATE)).toEqual(bare ? tags.map((tag) => `${IMAGE}:${tag}`) : tags);
    expect(outputs.version).toBe(version.main);
    expect(outputs.labels?.split(SEPARATE)).toEqual(labels);
    expect(outputs.annotations?.split(SEPARATE)).toEqual(annotations.map((each) => `manifest:${each}`));
  });
  each(cases.suites.is_raw_statement, ({ input, expected }) => expect(isRawStatement(input)).toBe(expected));
  each(cases.suites.parse_tag, ({ input, expected }) => {
    if (expected === null) return expect(() => parseRule(input)).toThrow();
    const parsed = parseRule(input) as unknown as Readonly<Record<string, unknown>>;
    for (const [name, value] of Object.entries({ type: expected.type, ...expected.attrs })) {
      const ours = parsed[name];
      expect(ours instanceof RegExp ? ours.source : String(ours ?? ''), name).toBe(value);
    }
  });
  each(cases.suites.transform_flavor, ({ input, expected }) => {
    expect(flavorOf(input.map(parseFlavor))).toEqual(expected);
  });
  each(cases.suites.transform_images, ({ input, expected }) => {
    if (expected === null) expect(() => input.map(parseImages)).toThrow();
    else expect(input.flatMap(parseImages)).toEqual(expected);
  });
  each(cases.suites.json, async (one) => {
    const { version, revision, rules, ...json } = JSON.parse((await run(one)).outputs.json ?? '');
    expect(json).toEqual(one.expected);
    expect([version, revision, rules.length]).toEqual([json['tag-names'][0], expect.any(String), expect.any(Number)]);
  });
  const read = (path: string | undefined) => JSON.parse(readFileSync(path ?? '', 'utf8'));
  each(cases.suites.bake_file, async (one) => {
    const { outputs } = await run(one);
    for (const name of ['tags', 'labels', 'annotations'] as const)
      expect(read(outputs[`bake-file-${name}`])).toEqual(one.expected[name]);
  });
  each(cases.suites.bake_file_tags_labels, async (one) => {
    expect(read((await run(one)).outputs['bake-file'])).toEqual(one.expected);
  });
  each(cases.suites.get_inputs, async ({ input, expected }) => {
    const given = { images: IMAGE, ...input };
    let parsed: Inputs | undefined;
    const { annotations } = await runMain(
      'image-tag',
      async (step) => {
        parsed = parseInputs(step.inputs);
      },
      { inputs: given },
    );
    expect(annotations).toEqual([]);
    const line = (pair: Pair | string) => (typeof pair === 'string' ? pair : `${pair.key}=${pair.value}`);
    expect({
      context: parsed?.context,
      bakeTarget: parsed?.bakeTarget,
      images: parsed?.images.map(({ name }) => name),
      tags: parsed?.rules.map((rule) => rule.line),
      labels: parsed?.labels.map(line),
      annotations: parsed?.annotations.map(line),
      sepTags: parsed?.separators.tags,
      sepLabels: parsed?.separators.labels,
      sepAnnotations: parsed?.separators.annotations,
      flavor: parsed?.flavor,
    }).toEqual({
      ...Object.fromEntries(Object.entries(expected).filter(([name]) => name !== 'githubToken')),
      // An image is required, and without rules there is one: for the commit.
      images: 'images' in input ? expected.images : [IMAGE],
      tags: 'tags' in input ? expected.tags : ['type=sha'],
      flavor: flavorOf((expected.flavor as readonly string[]).map(parseFlavor)),
    });
  });

  it.each(Object.entries(PROBES))('where the peer is wrong: %s', async (name, expected) => {
    const probe =
      cases.peer_probes.find((each) => each.name === name) ?? expect.fail(`${name} is not among the probes`);
    const { exitCode, outputs, annotations } = await runMain(
      'image-tag',
      (step) => main(step, manualClock({ now: NOW }), { ...git, tags: async () => RELEASED }),
      {
        event: {
          name: probe.env.GITHUB_EVENT_NAME ?? 'push',
          ref: probe.env.GITHUB_REF ?? 'refs/heads/main',
          sha: '860c1904a1ce19322e91ac35af1ab07466440c37',
          payload: { repository: cases.repo },
        },
        inputs: {
          ...{
            images: 'ghcr.io/o/a',
            tags: PEER_DEFAULT,
            'sha-length': probe.env.DOCKER_METADATA_SHORT_SHA_LENGTH ?? '7',
          },
          collisions: 'hash',
          ...probe.inputs,
        },
      },
    );
    expect(exitCode === 0 ? outputs['tag-names'] : annotations[0]?.message).toMatch(expected);
    expect(outputs.tags?.split(SEPARATE)).not.toEqual(probe.tags);
  });
  it('names every probe that the peer fails', () => {
    const right = ['collision_dash', 'semver_build_version'];
    expect(cases.peer_probes.map(({ name }) => name).sort()).toEqual([...Object.keys(PROBES), ...right].sort());
  });

  it('feeds every case, and every exception is one of them', () => {
    const ids = Object.values(cases.suites).flatMap((suite) => suite.map(({ id }) => id));
    expect(ids).toHaveLength(105);
    expect([...seen].sort()).toEqual([...new Set(ids)].sort());
    for (const id of Object.keys(EXCEPTIONS)) expect(ids).toContain(id);
  });
});

describe.runIf(!existsSync(FILE))("docker/metadata-action's own cases", () => {
  it.skip('SKIPPED: ../shared/conformance/image-tag/metadata-action-cases.json is not there', () => {});
});
