// Answers `aws eks update-kubeconfig` with the rehearsal's cluster; refuses everything else.
import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    region: { type: 'string' },
    kubeconfig: { type: 'string' },
    alias: { type: 'string' },
  },
});
if (positionals.join(' ') !== 'eks update-kubeconfig')
  fail(`this stand-in for aws knows "eks update-kubeconfig" only, not "${positionals.join(' ')}"`);
const { AWS_ACCESS_KEY_ID, KUBECONFIG, REHEARSAL_KUBECONFIG } = process.env;
if (!AWS_ACCESS_KEY_ID) fail('Unable to locate credentials. You can configure credentials by running "aws configure".');
if (!REHEARSAL_KUBECONFIG) fail('REHEARSAL_KUBECONFIG is not set');
const path = values.kubeconfig ?? KUBECONFIG ?? join(homedir(), '.kube', 'config');
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, REHEARSAL_KUBECONFIG, { mode: 0o600 });
console.log(`Updated context ${values.alias ?? values.name} in ${path}`);

function fail(message) {
  console.error(message);
  process.exit(1);
}
