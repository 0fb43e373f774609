import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotation, parseCommand } from '../../src/workflow/commands.ts';
import { masks } from '../../src/workflow/masks.ts';
import { stepOutput } from '../../src/workflow/step-output.ts';

const escapeData = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapeProperty = (text: string) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function said(lines: readonly string[], debug = false) {
  const state = new Map<string, string>();
  const output = stepOutput({ masks: masks(), write: () => {}, debug, state, workspace: '/w' });
  for (const line of lines) output.line(line);
  return { output, state, log: output.log };
}

describe('workflow commands', () => {
  it('any message and property come through their escapes', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((each) => each.trim() === each && each !== '');
    fc.assert(
      fc.property(text, text, (message, title) => {
        const command = parseCommand(`::error title=${escapeProperty(title)},line=3::${escapeData(message)}`);
        expect(command && annotation('error', command)).toEqual({ level: 'error', message, title, line: 3 });
      }),
    );
  });

  it('an escape that is written out stays one', () => {
    const command = parseCommand('::error title=%253A%250A::%250A%2525');
    expect(command && annotation('error', command)).toMatchObject({ title: '%3A%0A', message: '%0A%25' });
    expect(parseCommand('##[error file=%253B]%255D')?.value).toBe('%5D');
  });

  it('are read in both notations and left alone when they are none', () => {
    expect(parseCommand('  ::warning::x')?.value).toBe('x');
    expect(parseCommand('text ##[error file=a;line=1]b%5D')).toEqual({
      name: 'error',
      properties: new Map([
        ['file', 'a'],
        ['line', '1'],
      ]),
      value: 'b]',
    });
    for (const line of ['text ::error::x', '::error', '::nothing::x', '##[other]x', 'a::b::c', '']) {
      expect(parseCommand(line)).toBeUndefined();
    }
  });

  it('annotate files of the workspace by their path in it', () => {
    const { output, log } = said(['::error file=/w/src/a.js,line=2,endLine=4,col=1,title=T::first%0Asecond']);
    expect(output.annotations).toEqual([
      { level: 'error', message: 'first\nsecond', title: 'T', file: 'src/a.js', line: 2, endLine: 4 },
    ]);
    expect(log).toEqual(['##[error]first', 'second']);
  });

  it('group, debug and echo', () => {
    expect(said(['::group::G', 'x', '::endgroup::', '::debug::d']).log).toEqual(['##[group]G', 'x', '##[endgroup]']);
    expect(said(['::debug::d'], true).log).toEqual(['##[debug]d']);
    expect(said(['::echo::on', '::group::G', '::add-mask::secret', '::echo::off', '::group::H']).log).toEqual([
      '::group::G',
      '##[group]G',
      '::add-mask::***',
      '::echo::off',
      '##[group]H',
    ]);
    expect(said(['::echo::maybe']).output.failed).toBe(true);
  });

  it('nothing is a command between stop-commands and its token', () => {
    const { log, output } = said(['::stop-commands::tok3n', '::error::x', '::add-mask::y', '::tok3n::', '::notice::z']);
    expect(log).toEqual(['::stop-commands::tok3n', '::error::x', '::add-mask::y', '::tok3n::', '##[notice]z']);
    expect(output.annotations.map(({ message }) => message)).toEqual(['z']);
    expect(said(['::stop-commands::error']).output.failed).toBe(true);
    expect(said(['::stop-commands::']).output.failed).toBe(true);
  });

  it('set-env and add-path are refused and fail the step; set-output and save-state work with a warning', () => {
    for (const line of ['::set-env name=A::1', '::add-path::/x']) {
      const { output } = said([line]);
      expect(output.failed).toBe(true);
      expect(output.annotations.map(({ message }) => message)).toEqual([
        `Unable to process command '${line}' successfully.`,
        expect.stringMatching(
          /^The `(set-env|add-path)` command is disabled, .* write to \$GITHUB_(ENV|PATH) instead$/,
        ),
      ]);
    }
    const { output, state } = said(['::set-output name=a::1', '::save-state name=b::2']);
    expect([output.failed, output.outputs.get('a'), state.get('b')]).toEqual([false, '1', '2']);
    expect(output.annotations.map(({ level }) => level)).toEqual(['warning', 'warning']);
    expect(said(['::set-output::1']).output.failed).toBe(true);
  });

  it('an empty mask is a warning', () => {
    expect(said(['::add-mask::']).output.annotations).toEqual([
      { level: 'warning', message: "Can't add secret mask for empty string in ##[add-mask] command." },
    ]);
  });
});
