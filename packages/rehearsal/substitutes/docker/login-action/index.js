import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { HOME, INPUT_REGISTRY: registry, INPUT_USERNAME: user, INPUT_PASSWORD: password } = process.env;
const auth = Buffer.from(`${user}:${password}`).toString('base64');
const answer = await fetch(`http://${registry}/v2/`, { headers: { authorization: `Basic ${auth}` } }).catch(
  (error) => ({ ok: false, status: error.cause?.code ?? error.message }),
);
if (!answer.ok) {
  console.log(`::error::login to ${registry} failed: ${answer.status}`);
  process.exit(1);
}
mkdirSync(join(HOME, '.docker'), { recursive: true });
writeFileSync(join(HOME, '.docker', 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }), {
  mode: 0o600,
});
console.log('Login Succeeded!');
