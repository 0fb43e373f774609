import type { Finding } from '@delivery-actions/action-kit';
import { levelOf } from '../severity.ts';
import { describe, forceSync } from './commands.ts';
import type { K8sCheck, Sync } from './k8s-check.ts';

/** An ExternalSecret that has not written its Secret, or not what the store has now. */
export function notSyncedFinding(check: K8sCheck): Finding {
  const { why, hint } = told(check, check.sync ?? { target: null });
  return {
    level: levelOf(check),
    title: 'ExternalSecret is not synced',
    message: `${check.id} is NOT-SYNCED: ${why}`,
    hint,
  };
}

function told(check: K8sCheck, sync: Sync): { why: string; hint: string } {
  const { target, refreshed, interval, condition } = sync;
  const last = refreshed === undefined ? 'It was never synced.' : `It was last synced at ${refreshed}.`;
  const operator = 'is the operator running?\nkubectl get pods -A -l app.kubernetes.io/name=external-secrets';
  switch (sync.why) {
    case 'no-status':
      return {
        why: 'it has no status, so no operator has looked at it yet.',
        hint: `it may be new (the input "wait-for" waits for it); if not, ${operator}\n${describe(check)}`,
      };
    case 'not-ready':
      return {
        why: `${saying(condition)}. ${last}`,
        hint: `is the secret in its store, and may the operator read it?\n${describe(check)}\n${forceSync(check)}`,
      };
    case 'without-secret':
      return {
        why: `it calls itself Ready, but ${saying(condition)}, so there is no Secret ${target ?? ''}.`,
        hint: `put the value into its store again, or create the Secret that it is to be merged into:\n${describe(check)}`,
      };
    case 'changed':
      return {
        why: `its spec was changed after what was synced. ${last}`,
        hint: `it may take a moment (the input "wait-for" waits for it); if not, ${operator}\n${describe(check)}`,
      };
    case 'target-missing':
      return {
        why: `it is Ready, but the Secret ${target} that it writes is not there.`,
        hint: `was it deleted? Have it written again:\n${forceSync(check)}`,
      };
    case 'target-deleting':
      return {
        why: `it is Ready, but the Secret ${target} that it writes is being deleted since ${check.deletion?.since}.`,
        hint: `once it is gone, have it written again:\n${forceSync(check)}`,
      };
    default:
      return {
        why: `it is Ready, but stale: it is to be refreshed every ${interval}. ${last}`,
        hint: `${operator}\n${forceSync(check)}`,
      };
  }
}

/** `Ready is False since 2026-11-21T08:00:00Z, SecretSyncedError: could not get secret data from provider` */
function saying(condition: Sync['condition']): string {
  const { reason = 'none', message = '', since = '' } = condition ?? {};
  const said = message === '' ? reason : `${reason}: ${message.replace(/\.$/, '')}`;
  return `its condition Ready says ${said}${since === '' ? '' : ` (since ${since})`}`;
}
