import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SUBSTITUTES = fileURLToPath(new URL('../../substitutes/', import.meta.url));

/** The folder of the action that stands for a third party's, such as `actions/checkout`. */
export function substituteFolder(action: string): string {
  return join(SUBSTITUTES, action);
}

/** `owner/name` of every third-party action that the rehearsal knows a substitute for. */
export function substituteNames(): string[] {
  return readdirSync(SUBSTITUTES)
    .flatMap((owner) => readdirSync(join(SUBSTITUTES, owner)).map((name) => `${owner}/${name}`))
    .sort();
}
