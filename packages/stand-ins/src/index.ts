export * from './datadog/index.ts';
export * from './github-api/index.ts';
export * from './kubernetes/index.ts';
export { type Exchange, listen, type StandIn, sendJson } from './loopback.ts';
export * from './pagerduty/index.ts';
export * from './registry/index.ts';
export * from './secrets-manager/index.ts';
export * from './vault/index.ts';
