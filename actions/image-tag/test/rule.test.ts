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

const plain = { enable: 'true' };
const version = { ...plain, priority: 900, value: '', loose: false };

describe('parseRule', () => {
  it.each([
    ['type=sha', { ...plain, type: 'sha', format: 'short', priority: 100, prefix: 'sha-' }],
    ['type=sha,format=long,prefix=', { ...plain, type: 'sha', format: 'long', priority: 100, prefix: '' }],
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
    ['type=raw,enable=false,value=', { ...plain, type: 'raw', value: '', priority: 200, enable: 'false' }],
    ['type=schedule', { ...plain, type: 'schedule', pattern: 'nightly', priority: 1000 }],
    [
      "type=schedule,pattern={{date 'YYYY,MM'}}",
      { ...plain, type: 'schedule', pattern: "{{date 'YYYY,MM'}}", priority: 1000 },
    ],
    ['type=edge', { ...plain, type: 'edge', priority: 700 }],
    ['type=edge,branch=next', { ...plain, type: 'edge', branch: 'next', priority: 700 }],
    ['type=semver,pattern={{version}}', { ...version, type: 'semver', pattern: '{{version}}' }],
    [
      'type=semver,pattern={{major}},loose=true,match=/V(.+)/i',
      { ...version, type: 'semver', pattern: '{{major}}', loose: true, match: /V(.+)/i },
    ],
    ['type=pep440,pattern={{raw}},value=1.2', { ...version, type: 'pep440', pattern: '{{raw}}', value: '1.2' }],
    ['type=calver,pattern={{version}}', { ...version, type: 'calver', pattern: '{{version}}' }],
    [
      'type=match,pattern=v(.*),group=1',
      { ...plain, type: 'match', pattern: /v(.*)/, group: 1, value: '', priority: 800 },
    ],
    [
      'type=sha,enable={{is_default_branch}}',
      { ...plain, type: 'sha', format: 'short', priority: 100, prefix: 'sha-', enable: '{{is_default_branch}}' },
    ],
  ])('%s', (line, rule) => {
    expect(parseRule(line)).toEqual({ line, ...rule });
  });

  it.each([
    [String.raw`type=match,pattern=^release\d{1,2}`, String.raw`^release\d{1,2}`],
    [String.raw`type=match,pattern=[,;]\d{1,},group=0`, String.raw`[,;]\d{1,}`],
    [String.raw`type=match,pattern=(a, b|\(c),value=x`, String.raw`(a, b|\(c)`],
    [String.raw`type=match,"pattern=^release\d{1,2}"`, String.raw`^release\d{1,2}`],
    [String.raw`"type=match,""pattern=^release\d{1,2}"""`, String.raw`^release\d{1,2}`],
  ])('T14 %s keeps its whole pattern', (line, source) => {
    const rule = parseRule(line);
    expect(rule.type === 'match' && rule.pattern.source).toBe(source);
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
      [
        'type=shaa is not a type of rule: expected type=sha, ref, raw, schedule, semver, pep440, calver, match or edge. did you mean "sha"?',
      ],
    ],
    [
      'an expression that is misspelt',
      'type=raw,value={{brnch}}',
      [
        '{{brnch}} is not known here: expected branch, tag, sha, base_ref, is_default_branch, is_not_default_branch, date, commit_date or created. did you mean "branch"?',
      ],
    ],
    [
      'a time zone that is none',
      "type=raw,value={{date 'YYYY' tz='Mars/Base'}}",
      [
        "{{date 'YYYY' tz='Mars/Base'}}: Mars/Base is not a time zone. write a name of the IANA's list, such as tz='Europe/Berlin'",
      ],
    ],
    [
      'a format without quotes',
      'type=raw,value={{commit_date YYYY-MM-DD}}',
      ["{{commit_date YYYY-MM-DD}}: the format has to be in quotes. {{commit_date 'YYYY-MM-DD'}}"],
    ],
    [
      'the short name of a time zone',
      "type=raw,value={{date 'HHmm z' tz='Asia/Tokyo'}}",
      [
        "{{date 'HHmm z' tz='Asia/Tokyo'}}: z, the short name of a time zone, is not known for Asia/Tokyo. Z writes it as +02:00",
      ],
    ],
    ['an expression that does not end', 'type=raw,value={{branch}', ['{{branch} has a {{ without its }}.']],
    [
      'a block that does not end',
      'type=raw,value={{#if tag}}x',
      ['{{#if tag}} is no part of a whole block. write {{#if tag}}...{{else}}...{{/if}}, or {{#unless tag}}'],
    ],
    [
      'what is misspelt in a block',
      'type=raw,value={{#if brnch}}x{{/if}}',
      [
        '{{brnch}} is not known here: expected branch, tag, sha, base_ref, is_default_branch, is_not_default_branch, date, commit_date or created. did you mean "branch"?',
      ],
    ],
    ['no pattern', 'type=semver', ['pattern has no value. for example pattern={{version}}']],
    [
      'a group that is not a number',
      'type=match,pattern=v(.*),group=foo',
      ['group=foo: expected the number of a group, 0 for the whole match.'],
    ],
    [
      'T14 a regular expression that is not whole',
      'type=match,pattern=(a,group=1',
      [
        'pattern=(a is not a regular expression: Invalid regular expression: /(a/: Unterminated group. put it in quotes if it has a comma: "pattern=(a..."',
      ],
    ],
    [
      'T14 what follows a comma is not lost without a word',
      'type=sha,2}',
      ['value=2} is not an attribute of type=sha: expected format, enable, priority, prefix or suffix.'],
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
