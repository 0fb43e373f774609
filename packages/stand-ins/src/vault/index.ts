export { startVault, type VaultBehaviour, type VaultOptions, type VaultRequest, type VaultStandIn } from './server.ts';
