import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { curlLine } from '../src/curl.ts';

const hidden = () => undefined;

describe('the curl line', () => {
  it('is short for a GET', () => {
    expect(curlLine({ method: 'GET', url: 'https://a.example/x?y=1', headers: {} }, hidden)).toBe(
      "curl -i 'https://a.example/x?y=1'",
    );
    expect(curlLine({ method: 'HEAD', url: 'https://a.example/', headers: {} }, hidden)).toBe(
      "curl -i --head 'https://a.example/'",
    );
  });

  it('leaves secrets to the shell and fills in what is known', () => {
    const line = curlLine(
      {
        method: 'POST',
        url: 'https://a.example/orders/{id}/{token}x',
        headers: { 'x-api-key': '${API_KEY}', accept: '*/*' },
        body: '{"price":"$5"}',
      },
      (placeholder) => ('capture' in placeholder && placeholder.capture === 'id' ? 'a b' : undefined),
    );
    expect(line).toBe(
      `curl -i -X POST -H "x-api-key: $API_KEY" -H 'accept: */*' --data-raw '{"price":"$5"}' "https://a.example/orders/a%20b/\${token}x"`,
    );
  });

  it.runIf(process.platform !== 'win32')('means the same to a shell, whatever stands in it', () => {
    const hostile = `it's "quoted" \`id\` $HOME \\ $(id) !x`;
    const line = curlLine(
      { method: 'POST', url: 'https://a.example/', headers: { a: hostile, b: `\${KEY} ${hostile}` }, body: hostile },
      hidden,
    );
    const out = execFileSync('sh', ['-c', line.replace(/^curl/, `printf '%s\\n'`)], {
      env: { KEY: 'v' },
      encoding: 'utf8',
    });
    expect(out.split('\n')).toEqual([
      '-i',
      '-X',
      'POST',
      '-H',
      `a: ${hostile}`,
      '-H',
      `b: v ${hostile}`,
      '--data-raw',
      hostile,
      'https://a.example/',
      '',
    ]);
  });
});
