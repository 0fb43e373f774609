import { appendFileSync } from 'node:fs';

const region = process.env['INPUT_AWS-REGION'];
const role = process.env['INPUT_ROLE-TO-ASSUME'];
const session = JSON.parse(process.env.REHEARSAL_AWS_SESSION);
if (!/^arn:aws[\w-]*:iam::\d{12}:role\/.+/.test(role)) {
  console.log(`::error::"${role}" is not the ARN of a role`);
  process.exit(1);
}
for (const value of Object.values(session)) console.log(`::add-mask::${value}`);
const variables = {
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: session.accessKeyId,
  AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
  AWS_SESSION_TOKEN: session.sessionToken,
};
for (const [name, value] of Object.entries(variables)) appendFileSync(process.env.GITHUB_ENV, `${name}=${value}\n`);
console.log(`Assumed ${role}`);
