import type { InputReader } from '@delivery-actions/action-kit';

/** The only file that names inputs. All that is wrong with them is told at once. */
export function parseInputs(read: InputReader) {
  return read.complete({
    files: read.lines('files', (path) => path, { example: 'deploy/smoke-tests.yml' }),
  });
}
