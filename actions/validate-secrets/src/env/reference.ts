import { UserError } from '@delivery-actions/action-kit';

/** A GitHub secret that the workflow hands in through `env:`. */
export interface EnvReference {
  readonly store: 'env';
  /** Of the environment variable. */
  readonly name: string;
}

export function parseEnv(name: string): EnvReference {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return { store: 'env', name };
  throw new UserError(`"env:${name}" does not name an environment variable`, {
    hint: 'a name has letters, digits and _ only, as in env:SMOKE_TEST_API_KEY; it is set under "env:" of the step',
  });
}
