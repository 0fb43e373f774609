import type { Store } from '../store.ts';
import { Unanswered } from '../unanswered.ts';
import { checkVault, unreachable } from './check-vault.ts';
import { findings } from './findings.ts';
import { logIn, logOut } from './login.ts';
import { vaultServer } from './server.ts';
import { vaultApi } from './vault-api.ts';
import type { VaultCheck } from './vault-check.ts';
import { whyUnreachable } from './why-unreachable.ts';

/** HashiCorp Vault or OpenBao, over its HTTP API. */
export function vaultStore(): Store<'vault', VaultCheck> {
  let namespace: string | undefined;
  return {
    async check(requests, { run, clock, signal, concurrency, endpoints, vaultRole: login, again }) {
      try {
        const server = await vaultServer(run, endpoints.vault);
        namespace = server.namespace;
        const { exchangeText, httpClient } = await import('@delivery-actions/http');
        const http = httpClient({
          userAgent: 'delivery-actions-validate-secrets',
          keepConnections: true,
          signal,
          observe: (exchange) => run.debug(exchangeText(exchange)),
        });
        const api = vaultApi(http, server, signal);
        const many = requests.length === 1 ? '1 secret' : `${requests.length} secrets`;
        if (!again) run.line(`Asking Vault at ${new URL(server.address).host} about ${many}`);
        const ours = await logIn(api, run, { http, login });
        const checks = await checkVault(requests, { api, clock, concurrency });
        if (ours) await logOut(api);
        return checks;
      } catch (error) {
        if (error instanceof Unanswered) return requests.map((request) => unreachable(request, error));
        throw error;
      }
    },
    findings: (checks) => findings(checks, namespace),
    whyUnreachable: (check) => whyUnreachable(check, namespace),
  };
}
