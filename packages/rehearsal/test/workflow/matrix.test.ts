import { describe, expect, it } from 'vitest';
import { toValue } from '../../src/workflow/expression.ts';
import type { ResolvedAction } from '../../src/workflow/index.ts';
import { combinations } from '../../src/workflow/matrix.ts';
import { run } from './harness.ts';

describe('a matrix', () => {
  it('includes and excludes as the example in the documentation of GitHub', () => {
    const matrix = toValue({
      fruit: ['apple', 'pear'],
      animal: ['cat', 'dog'],
      include: [
        { color: 'green' },
        { color: 'pink', animal: 'cat' },
        { fruit: 'apple', shape: 'circle' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
    });
    expect(combinations(matrix)).toEqual([
      { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
      { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
      { fruit: 'pear', animal: 'cat', color: 'pink' },
      { fruit: 'pear', animal: 'dog', color: 'green' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ]);
    const excluding = toValue({ os: ['a', 'b'], node: [18, 20], exclude: [{ os: 'a', node: 18 }, { node: 20 }] });
    expect(combinations(excluding)).toEqual([{ os: 'b', node: 18 }]);
  });

  it('names its jobs, hands on outputs and shows itself to the steps', async () => {
    const ran = await run(`
  list:
    runs-on: ubuntu-24.04
    outputs:
      nodes: \${{ steps.a.outputs.nodes }}
    steps:
      - id: a
        run: echo 'nodes=[18, 20]' >> "$GITHUB_OUTPUT"
  test:
    name: Test
    needs: list
    strategy:
      matrix:
        node: \${{ fromJSON(needs.list.outputs.nodes) }}
    runs-on: ubuntu-24.04
    outputs:
      last: \${{ matrix.node }}
    steps:
      - run: echo "node \${{ matrix.node }} is \${{ strategy.job-index }} of \${{ strategy.job-total }}"
  named:
    name: On \${{ matrix.os }}
    strategy: { matrix: { os: [x] } }
    runs-on: ubuntu-24.04
    steps: [{ run: 'true' }]
`);
    expect(ran.jobs.map(({ name }) => name)).toEqual(['list', 'Test (18)', 'Test (20)', 'On x']);
    expect(ran.job('Test (20)').matrix).toEqual({ node: 20 });
    expect(ran.log.split('\n')).toEqual(['node 18 is 0 of 2', 'node 20 is 1 of 2']);
  });

  const failing: ResolvedAction = {
    kind: 'substitute',
    name: 'failing',
    run: async ({ inputs }) => {
      if (inputs.n === '1') throw new Error('broken');
      return {};
    },
  };
  const jobs = (strategy: string) => `
  test:
    strategy: { max-parallel: 1, matrix: { n: [1, 2] }${strategy} }
    runs-on: ubuntu-24.04
    steps:
      - { uses: org/failing@v1, with: { n: '\${{ matrix.n }}' } }
`;

  it('is cancelled with its first failure, unless fail-fast is off', async () => {
    const actions = { 'org/failing@v1': failing };
    const fast = await run(jobs(''), { actions });
    expect(fast.jobs.map(({ conclusion }) => conclusion)).toEqual(['failure', 'cancelled']);
    expect(fast.jobs[1]?.reason).toBe('another job of its matrix failed');
    expect(fast.conclusion).toBe('failure');
    const slow = await run(jobs(', fail-fast: false'), { actions });
    expect(slow.jobs.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
  });

  it('without a combination it fails the job', async () => {
    const ran = await run(`
  test:
    strategy: { matrix: { n: "\${{ fromJSON('[]') }}" } }
    runs-on: ubuntu-24.04
    steps: [{ run: 'true' }]
`);
    expect(ran.job('test').conclusion).toBe('failure');
    expect(ran.job('test').reason).toMatch(/the matrix of "test" has no combinations$/);
  });
});
