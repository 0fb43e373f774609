import { appendFileSync } from 'node:fs';

const asked = process.env['INPUT_NODE-VERSION'] ?? '';
if (asked !== '' && !process.version.startsWith(`v${asked}`)) {
  console.log(`::warning::The rehearsal runs on Node ${process.version}, not ${asked}`);
}
appendFileSync(process.env.GITHUB_OUTPUT, `node-version=${process.version}\n`);
console.log(`Node ${process.version}`);
