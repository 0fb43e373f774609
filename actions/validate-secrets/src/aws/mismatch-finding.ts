import type { Finding } from '@delivery-actions/action-kit';
import { levelOf } from '../severity.ts';
import type { AwsCheck } from './aws-check.ts';
import { tagSecret, useKey } from './commands.ts';

/** A secret with other tags, or under another key, than its policy asks for. */
export function mismatchFinding(check: AwsCheck): Finding {
  const { tags = [], kmsKey } = check.mismatch ?? {};
  const wrong = tags.map(({ key, wanted, found }) =>
    found === null ? `it has no tag ${key} (${wanted})` : `its tag ${key} is ${found} and has to be ${wanted}`,
  );
  const key =
    kmsKey === undefined
      ? []
      : [
          kmsKey.unclear
            ? `its KMS key is ${kmsKey.found}, and its policy names ${kmsKey.wanted}: an alias and a key, which only KMS can compare`
            : `its KMS key is ${kmsKey.found} and has to be ${kmsKey.wanted}`,
        ];
  const hints = [
    ...(tags.length === 0 ? [] : [tagSecret(check, tags)]),
    ...(kmsKey?.unclear
      ? [
          `if they are the same, write kms-key: ${kmsKey.found} in the manifest:\n` +
            `aws kms describe-key --region ${check.region} --key-id ${kmsKey.wanted} --query KeyMetadata.Arn`,
        ]
      : []),
    ...(kmsKey === undefined || kmsKey.unclear ? [] : [useKey(check, kmsKey.wanted)]),
  ];
  return {
    level: levelOf(check),
    title: 'Secret is not as its policy has it',
    message: `${check.id} is MISMATCH: ${[...wrong, ...key].join('; ')}.`,
    hint: hints.join('\n'),
  };
}
