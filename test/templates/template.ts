import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar, type YAMLMap } from 'yaml';

export const TEMPLATES = fileURLToPath(new URL('../../workflows-templates/', import.meta.url));

/** A workflow file, with its places and comments: some of our rules are about what is written beside a value. */
export interface Template {
  readonly file: string;
  readonly text: string;
  readonly root: YAMLMap;
  readonly jobs: readonly Job[];
  /** `deliver.yml:57` */
  at(node: Node | undefined): string;
}

export interface Job {
  readonly id: string;
  readonly node: YAMLMap;
  readonly needs: readonly string[];
  /** The job's condition as written, `''` without one. */
  readonly condition: string;
  /** The GitHub environment's name: a job with one is a deployment. */
  readonly environment: string | undefined;
  readonly steps: readonly YAMLMap[];
}

export function templateFiles(): readonly string[] {
  return readdirSync(TEMPLATES)
    .filter((file) => file.endsWith('.yml'))
    .sort();
}

/** The paths of the workflows that this project itself runs. */
export function ownWorkflows(): readonly string[] {
  const folder = fileURLToPath(new URL('../../.github/workflows/', import.meta.url));
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => join(folder, file));
}

export function readTemplate(file: string): Template {
  return parseTemplate(file, readFileSync(join(TEMPLATES, file), 'utf8'));
}

export function parseTemplate(file: string, text: string): Template {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  if (document.errors[0] !== undefined || !isMap(document.contents))
    throw new Error(`${file}: ${document.errors[0]?.message ?? 'not a mapping'}`);
  const root = document.contents;
  const jobs = root.get('jobs');
  return {
    file,
    text,
    root,
    jobs: isMap(jobs) ? jobs.items.flatMap(({ key, value }) => (isMap(value) ? [job(String(key), value)] : [])) : [],
    at: (node) => `${file}:${lines.linePos(node?.range?.[0] ?? 0).line}`,
  };
}

function job(id: string, node: YAMLMap): Job {
  const needs = node.get('needs');
  const steps = node.get('steps');
  const environment = node.getIn(['environment', 'name']) ?? node.get('environment');
  return {
    id,
    node,
    needs: isSeq(needs) ? needs.items.map((item) => String(item)) : needs === undefined ? [] : [String(needs)],
    condition: String(node.get('if') ?? ''),
    environment: typeof environment === 'string' ? environment : undefined,
    steps: isSeq(steps) ? steps.items.filter((step) => isMap(step)) : [],
  };
}

/** The scalar of a key, with its comment; none when the key is absent or holds something else. */
export function scalar(map: YAMLMap, key: string): Scalar | undefined {
  const value = map.get(key, true);
  return isScalar(value) ? value : undefined;
}

/** The text of a key, `''` when absent. */
export function text(map: YAMLMap, ...path: readonly string[]): string {
  const value = map.getIn(path);
  return value === undefined || value === null || isMap(value) ? '' : String(value);
}
