// Answers `kubectl set image KIND/NAME CONTAINER=IMAGE...` on a machine without kubectl; refuses everything else.
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

const KINDS = {
  deployment: { path: '/apis/apps/v1', plural: 'deployments', full: 'deployment.apps' },
  deploy: { path: '/apis/apps/v1', plural: 'deployments', full: 'deployment.apps' },
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { namespace: { type: 'string', short: 'n' }, kubeconfig: { type: 'string' }, context: { type: 'string' } },
});
const [verb, noun, target = '', ...images] = positionals;
if (`${verb} ${noun}` !== 'set image')
  fail(`this stand-in knows "kubectl set image" only, not "${positionals.join(' ')}"`);
const [kind, name] = target.split('/');
const resource = KINDS[kind];
if (resource === undefined || name === undefined || images.length === 0)
  fail('usage: kubectl set image deployment/NAME CONTAINER=IMAGE');

const config = parse(
  readFileSync(values.kubeconfig ?? process.env.KUBECONFIG ?? fail('no kubeconfig was given'), 'utf8'),
);
const { context } = config.contexts.find((each) => each.name === (values.context ?? config['current-context']));
const { cluster } = config.clusters.find((each) => each.name === context.cluster);
const { user } = config.users.find((each) => each.name === context.user);
const namespace = values.namespace ?? context.namespace ?? 'default';
const containers = images.map((each) => ({
  name: each.slice(0, each.indexOf('=')),
  image: each.slice(each.indexOf('=') + 1),
}));

const call = request(`${cluster.server}${resource.path}/namespaces/${namespace}/${resource.plural}/${name}`, {
  method: 'PATCH',
  agent: false,
  ca: Buffer.from(cluster['certificate-authority-data'], 'base64'),
  headers: { authorization: `Bearer ${user.token}`, 'content-type': 'application/strategic-merge-patch+json' },
});
call.on('error', (error) => fail(`error: ${error.message}`));
call.on('response', async (response) => {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const object = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (response.statusCode >= 300) fail(`Error from server (${object.reason}): ${object.message}`);
  console.log(`${resource.full}/${name} image updated`);
});
call.end(JSON.stringify({ spec: { template: { spec: { containers } } } }));

function fail(message) {
  console.error(message);
  process.exit(1);
}
