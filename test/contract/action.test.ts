import { describe, expect, it } from 'vitest';
import { inputsRead, outputsWritten, withoutComments } from './action.ts';

describe('what the contract tests read from sources', () => {
  it('finds every input that is asked for', () => {
    const code = `
      const url = read.text('base-url', { example: 'x' });
      read.lines<string>(
        'secrets', parse);
      read.problem('not-read', 'x');
      labels.get('neither');
    `;
    expect([...inputsRead(code)]).toEqual(['base-url', 'secrets']);
  });

  it('finds every output that is written, and none of what is inside it', () => {
    const code = `run.outputs({ tags: list.join('\\n'), version, 'long-name': f({ inner: 1 }, [a, b]), last: \`\${x}, y: \` });`;
    expect([...outputsWritten(code)]).toEqual(['tags', 'version', 'long-name', 'last']);
  });

  it('asks for names that can be read', () => {
    expect(() => outputsWritten('run.outputs(all)')).toThrow('takes an object literal');
    expect(() => outputsWritten('run.outputs({ ...rest })')).toThrow('write each name out');
  });

  it('drops comments and nothing that only looks like one', () => {
    expect(withoutComments("a // b\n/* c\n */ d('https://x/*') // e")).toBe("a \n d('https://x/*') ");
  });
});
