import { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseRule } from '../src/rule.ts';

function problems(line: string): string[] {
  try {
    parseRule(line);
  } catch (error) {
    if (error instanceof UserError)
      return error.findings.map(({ message, hint }) => (hint === undefined ? message : `${message} ${hint}`));
    throw error;
  }
  return [];
}

const plain = { enable: true, prefix: '', suffix: '' };

describe('parseRule', () => {
  it.each([
    ['type=sha', { ...plain, type: 'sha', format: 'short', priority: 100, prefix: 'sha-' }],
    ['type=sha,format=long,prefix=', { ...plain, type: 'sha', format: 'long', priority: 100 }],
    ['type=ref,event=branch', { ...plain, type: 'ref', event: 'branch', priority: 600 }],
    ['type=ref,event=tag,suffix=-alpine', { ...plain, type: 'ref', event: 'tag', priority: 600, suffix: '-alpine' }],
    ['type=ref,event=pr', { ...plain, type: 'ref', event: 'pr', priority: 600, prefix: 'pr-' }],
    ['type=ref,event=pr,prefix=pull-', { ...plain, type: 'ref', event: 'pr', priority: 600, prefix: 'pull-' }],
    ['type=raw,value=nightly', { ...plain, type: 'raw', value: 'nightly', priority: 200 }],
    ['nightly', { ...plain, type: 'raw', value: 'nightly', priority: 200 }],
    ['type=raw,nightly', { ...plain, type: 'raw', value: 'nightly', priority: 200 }],
    ['type=raw,"value=a,b"', { ...plain, type: 'raw', value: 'a,b', priority: 200 }],
    ['type=raw,value=a=b', { ...plain, type: 'raw', value: 'a=b', priority: 200 }],
    ['TYPE=sha, Priority = 900', { ...plain, type: 'sha', format: 'short', priority: 900, prefix: 'sha-' }],
    ['type=raw,enable=false,value=', { ...plain, type: 'raw', value: '', priority: 200, enable: false }],
  ])('%s', (line, rule) => {
    expect(parseRule(line)).toEqual({ line, ...rule });
  });

  it.each([
    [
      'T08 an attribute that is misspelt is refused',
      'type=sha,formt=long',
      [
        'formt=long is not an attribute of type=sha: expected format, enable, priority, prefix or suffix. did you mean "format"?',
      ],
    ],
    [
      'an attribute of another type',
      'type=sha,event=branch',
      ['event=branch is not an attribute of type=sha: expected format, enable, priority, prefix or suffix.'],
    ],
    [
      'a type that is misspelt',
      'type=shaa',
      ['type=shaa is not a type of rule: expected type=sha, ref or raw. did you mean "sha"?'],
    ],
    [
      'a type that is not there',
      'type=semver,pattern={{version}}',
      [
        "{{version}} is not evaluated here. use the workflow's own, such as ${{ github.ref_name }}",
        'type=semver is not a type of rule: expected type=sha, ref or raw.',
      ],
    ],
    ['no event', 'type=ref', ['event has no value: expected branch, tag or pr.']],
    ['an unknown event', 'type=ref,event=brnch', ['event=brnch: expected branch, tag or pr. did you mean "branch"?']],
    [
      'no value',
      'type=raw,value=',
      ['value is empty. does an expression in it give nothing? Write type=raw,value=some-text'],
    ],
    [
      'everything at once',
      'type=sha,enable=maybe,priority=high,format=full,prefix=a,prefix=b',
      [
        'prefix is given twice.',
        'enable=maybe: expected true or false.',
        'priority=high: expected a whole number.',
        'format=full: expected short or long.',
      ],
    ],
    ['an enable that gave nothing', 'type=sha,enable=', ['enable has no value: expected true or false.']],
  ])('%s', (_, line, messages) => {
    expect(problems(line)).toEqual(messages);
  });
});
