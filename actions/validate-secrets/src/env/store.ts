import type { Store } from '../store.ts';
import { checkEnv, type EnvCheck } from './check-env.ts';
import { findings } from './findings.ts';

/** The environment of the step. */
export const envStore: Store<'env', EnvCheck> = {
  check: async (requests, { run }) => checkEnv(requests, run),
  findings,
  whyUnreachable: ({ id }) => {
    throw new Error(`the environment of the step is always there: ${id}`);
  },
};
