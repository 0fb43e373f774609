import { openRun } from '@delivery-actions/action-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recordingRunner } from './recording-runner.ts';

function opened() {
  const runner = recordingRunner();
  return { runner, run: openRun(runner, new AbortController().signal) };
}

/** What the runner would take for a command: a line, as .NET splits and trims them, with `::` first or `##[` anywhere. */
function commands(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => line.split(/\r\n|\r|\n/))
    .filter((line) => /^[\s\p{Z}\p{Cc}\p{Cf}]*::/u.test(line) || line.includes('##['));
}

describe('a line of the log', () => {
  it('is never a command, whatever it is made of', () => {
    const hostile = fc.string({
      unit: fc.oneof(
        fc.constantFrom(':', '::', '::error::', '::add-path::/tmp', '##[', '##[group]', '#', '\r', '\n', ' ', '\t'),
        fc.constantFrom('\u0085', '\u00a0', '\u200b', '\ufeff', '\u2028', '\u0000', '\u00ad', 'a'),
      ),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        const { runner, run } = opened();
        run.line(text);
        expect(commands(runner.lines)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is not a command even when hiding a secret brings the colons together', () => {
    const { runner, run } = opened();
    run.mask('\u0000');
    run.line(':\u0000:error::x');
    expect(commands(runner.lines)).toEqual([]);
  });

  it.each(['https://acme.dev', 'a::b', 'std::vector', ':8080', '# ::x', '10:30:00'])('leaves %j alone', (text) => {
    const { runner, run } = opened();
    run.line(text);
    expect(runner.lines).toEqual([text]);
  });

  it('hides a secret of several lines before it is split into them', () => {
    const { runner, run } = opened();
    run.mask('ab\ncd');
    run.line('it is ab\ncd!');
    expect(runner.lines).toEqual(['it is ***!']);
  });
});

describe('a run', () => {
  it('tells the runner too what to mask, and nothing that is empty', () => {
    const { runner, run } = opened();
    run.mask('hunter2');
    run.mask(' \n');
    expect(runner.masked).toEqual(['hunter2']);
  });

  it('hides secrets in outputs, annotations and debug lines', () => {
    const { runner, run } = opened();
    run.mask('hunter2');
    run.outputs({ text: 'hunter2', count: 2, done: true });
    run.annotate({ level: 'notice', message: 'is hunter2' });
    run.debug('debug hunter2');
    expect(runner.outputs).toEqual({ text: '***', count: '2', done: 'true' });
    expect(runner.annotations).toEqual([{ finding: { level: 'notice', message: 'is ***' }, text: 'is ***' }]);
    expect(runner.lines).toEqual(['debug ***']);
  });

  it('reads the context only when it is asked for', () => {
    const { run } = opened();
    expect(() => run.context).toThrow('GITHUB_SHA is not set.');
  });
});
