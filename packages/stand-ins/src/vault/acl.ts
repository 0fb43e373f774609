/** What a policy may allow on a path (Vault documentation, "Policies"). */
export type Capability = 'create' | 'read' | 'update' | 'delete' | 'list' | 'patch' | 'sudo' | 'deny' | 'root';

interface Rule {
  readonly path: string;
  readonly capabilities: readonly Capability[];
}

/** Reads `path "kv/data/+/db" { capabilities = ["read"] }`, all that policies of tests need of HCL. */
export function parsePolicy(hcl: string): readonly Rule[] {
  const blocks = hcl.matchAll(/path\s+"([^"]+)"\s*\{([^}]*)\}/g);
  return [...blocks].map(([, path = '', body = '']) => {
    const [, list = ''] = /capabilities\s*=\s*\[([^\]]*)\]/.exec(body) ?? [];
    return { path, capabilities: [...list.matchAll(/"([a-z]+)"/g)].map(([, name]) => name as Capability) };
  });
}

/** What every token may do unless it was made without the default policy. */
export const DEFAULT_POLICY = `
path "auth/token/lookup-self" { capabilities = ["read"] }
path "auth/token/revoke-self" { capabilities = ["update"] }
path "sys/capabilities-self" { capabilities = ["update"] }
`;

/** Of all rules that match, the most specific path decides; on one path the rules add up, and a deny wins. */
export function capabilities(rules: readonly Rule[], path: string): readonly Capability[] {
  // A rule for a folder holds for its LIST with and without the slash.
  const matching = rules.filter((rule) => matches(rule.path, path) || matches(rule.path, path.replace(/\/$/, '')));
  const best = matching.toSorted((a, b) => specificity(b.path) - specificity(a.path))[0];
  const found = new Set(matching.filter((rule) => rule.path === best?.path).flatMap((rule) => rule.capabilities));
  return found.size === 0 || found.has('deny') ? ['deny'] : [...found];
}

/** A token with any rule under a mount may ask what the mount is (`hasMountAccess`). */
export function reaches(rules: readonly Rule[], mount: string): boolean {
  return rules.some(({ path, capabilities: given }) => {
    const literal = path.split(/[+*]/)[0] ?? '';
    return !given.includes('deny') && (path.startsWith(mount) || (literal !== path && mount.startsWith(literal)));
  });
}

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.^${}()|[\]\\?]/g, '\\$&')
    .replace(/\*$/, '.*')
    .replaceAll('+', '[^/]+');
  return new RegExp(`^${source}$`).test(path);
}

/** An exact path before any pattern, then the pattern that says more before its first wildcard. */
function specificity(pattern: string): number {
  const wildcard = pattern.search(/[+*]/);
  return wildcard === -1 ? Number.POSITIVE_INFINITY : wildcard;
}
