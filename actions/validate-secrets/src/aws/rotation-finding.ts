import type { Finding } from '@delivery-actions/action-kit';
import { levelOf } from '../severity.ts';
import type { AwsCheck } from './aws-check.ts';
import { cancelRotation, listVersions, replicateTo, rotateSecret, startRotation } from './commands.ts';

/** A secret whose rotation did not happen, or began and did not end. */
export function overdueFinding(check: AwsCheck): Finding {
  const { id } = check;
  const { next, missed = false, pendingSince, pending = false, off = false } = check.rotation ?? {};
  if (off) return withoutRotation(check);
  const due = next === undefined || !missed ? '' : ` It was due by ${next.slice(0, 10)}.`;
  const begun = pendingSince === undefined ? '' : `, which began on ${pendingSince.slice(0, 10)}`;
  const why = pending
    ? `its last rotation${begun}, is stuck: a version other than the current one is AWSPENDING.${due}`
    : `rotation is on, but it did not happen.${due}`;
  const rotate = rotateSecret(check);
  return {
    level: levelOf(check),
    title: 'Rotation is overdue',
    message: `${id} is OVERDUE: ${why}`,
    hint: check.owner
      ? `${check.owner} manages it and rotates it itself: look for the reason in the events of that service, and start it again:\n${rotate}`
      : pending
        ? `read the log of its rotation function, then cancel (which turns rotation off) and start it again:\n${listVersions(check)}\n${cancelRotation(check)}\n${rotate}`
        : `read the log of its rotation function, and start the rotation again:\n${rotate}`,
  };
}

function withoutRotation(check: AwsCheck): Finding {
  const { id } = check;
  return {
    level: levelOf(check),
    title: 'Rotation is off',
    message: `${id} is OVERDUE: its policy requires rotation, and automatic rotation is off.`,
    hint: check.owner
      ? `${check.owner} manages it: turn its rotation on there`
      : `give it a rotation function and a schedule:\n${startRotation(check)}`,
  };
}

/** A secret with copies in other regions that do not have its value yet, or any more. */
export function notSyncedFinding(check: AwsCheck): Finding {
  const { id, replicas = [] } = check;
  const states = replicas.map(
    (replica) =>
      `${replica.region} is ${replica.status}${replica.message === undefined ? '' : ` (${replica.message})`}`,
  );
  const needed = replicas.find((replica) => replica.needed)?.region;
  return {
    level: levelOf(check),
    title: 'Replica is not in sync',
    message: `${id} is NOT-SYNCED: its replica in ${states.join(', in ')}.${
      needed === undefined ? '' : ` It is needed in ${needed}, where the value is an old one or none.`
    }`,
    hint: [
      'remove what is in the way (a secret of the same name there, the KMS key), and replicate again:',
      ...replicas.map((replica) => replicateTo(check, replica.region)),
    ].join('\n'),
  };
}
