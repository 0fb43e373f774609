import { apiVersion, type Kind } from './kinds.ts';

/**
 * As much of OpenAPI version 3 as kubectl asks for before it creates or applies anything: that the server checks the
 * fields itself (`fieldValidation`), so that kubectl needs no schema of its own.
 */
export function openApi(path: string, all: readonly Kind[]): object | undefined {
  const groups = [...new Set(all.map((kind) => rootOf(kind)))];
  if (path === '/openapi/v3') {
    return {
      paths: Object.fromEntries(groups.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}?hash=1` }])),
    };
  }
  const root = groups.find((each) => path === `/openapi/v3/${each}`);
  if (root === undefined) return undefined;
  const kinds = all.filter((kind) => rootOf(kind) === root);
  const parameters = [{ name: 'fieldValidation', in: 'query', schema: { type: 'string', uniqueItems: true } }];
  const paths = kinds.map(({ group, version, kind, plural, namespaced }) => [
    `/${root}/${namespaced ? 'namespaces/{namespace}/' : ''}${plural}/{name}`,
    { patch: { parameters, responses: {}, 'x-kubernetes-group-version-kind': { group, version, kind } } },
  ]);
  return { openapi: '3.0.0', info: { title: 'Kubernetes', version: 'stand-in' }, paths: Object.fromEntries(paths) };
}

function rootOf(kind: Kind): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${apiVersion(kind)}`;
}
