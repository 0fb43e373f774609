import { type Credentials, IDENTITY_TOKEN } from './credential.ts';
import { RegistryFailure } from './failure.ts';

interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
}

/** Milliseconds; the helper of a cloud asks its token service. */
const PATIENCE = 30_000;

/** Asks `docker-credential-NAME get`, without a shell: the key on standard input, JSON back. */
export async function askHelper(
  name: string,
  key: string,
  { env, signal }: Surroundings,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${name}`;
  const hint = `try it by hand: echo ${key} | ${program} get`;
  if (!/^[\w.-]+$/.test(name))
    throw new RegistryFailure(
      'bad-credentials',
      `"${name}" in the docker config cannot be the name of a credential helper`,
      hint,
    );
  const { stdout, failure } = await runHelper(program, key, { env, ...(signal === undefined ? {} : { signal }) });
  // The one answer that means "ask as anybody"; helpers print it on standard output and exit with 1.
  if (/credentials not found/i.test(stdout)) return undefined;
  if (failure !== undefined)
    throw new RegistryFailure('bad-credentials', `${program} gave no credentials for ${key}: ${failure}`, hint);
  try {
    const { Username: username, Secret: secret } = JSON.parse(stdout) as { Username?: unknown; Secret?: unknown };
    if (typeof username === 'string' && typeof secret === 'string' && secret !== '')
      return username === IDENTITY_TOKEN
        ? { kind: 'identity-token', token: secret, source: program }
        : { kind: 'password', username, password: secret, source: program };
  } catch {
    // Told below, without the parser's message: it quotes what the helper said.
  }
  throw new RegistryFailure('bad-credentials', `${program} answered something that is no user name and secret`, hint);
}

async function runHelper(
  program: string,
  key: string,
  { env, signal }: Surroundings,
): Promise<{ stdout: string; failure?: string }> {
  const { spawn } = await import('node:child_process');
  return new Promise((resolve) => {
    const child = spawn(program, ['get'], {
      env: env as NodeJS.ProcessEnv,
      timeout: PATIENCE,
      stdio: ['pipe', 'pipe', 'ignore'],
      ...(signal === undefined ? {} : { signal }),
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    // A helper that ends without reading is told of by its exit code.
    child.stdin.on('error', () => {});
    child.stdin.end(`${key}\n`);
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ stdout: '', failure: error.code === 'ENOENT' ? 'it is not on the PATH' : error.message }),
    );
    child.once('close', (code, killed) => {
      if (code === 0) return resolve({ stdout });
      resolve({ stdout, failure: killed === null ? `it ended with exit code ${code}` : `it was ended by ${killed}` });
    });
  });
}
