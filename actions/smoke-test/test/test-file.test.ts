import type { UserError } from '@delivery-actions/action-kit';
import { describe, expect, it } from 'vitest';
import { parseSuite } from '../src/test-file.ts';

const ENV = { API_KEY: 'hunter2hunter2', EMPTY: ' ' };

/** The complaints as `line:column: text`, with the next step where there is one. */
async function complaints(text: string, file: string | undefined = 's.yml'): Promise<string[]> {
  try {
    await parseSuite(text, file, ENV);
  } catch (error) {
    return (error as UserError).findings.map((finding) => {
      if (file !== undefined) {
        expect(finding.file).toBe(file);
        expect(finding.message.startsWith(`${file}:${finding.line}:${finding.column}: `)).toBe(true);
      }
      return [finding.message.replace(`${file}:`, ''), ...(finding.hint === undefined ? [] : [finding.hint])].join(
        ' | ',
      );
    });
  }
  return [];
}

describe('a test', () => {
  it('needs a path and nothing else', async () => {
    const { tests, env } = await parseSuite('tests:\n  - path: /health/ready\n', 's.yml', {});
    expect(tests).toEqual([
      {
        method: 'GET',
        path: '/health/ready',
        headers: {},
        timeout: 10_000,
        followRedirects: false,
        status: [2],
        json: [],
        contains: [],
        captures: [],
        place: { file: 's.yml', line: 2, column: 5 },
      },
    ]);
    expect(env.size).toBe(0);
  });

  it('is read whole', async () => {
    const { tests, env } = await parseSuite(
      `
tests:
  - name: create
    method: POST
    path: /orders?key=\${API_KEY}
    headers: { x-api-key: "\${API_KEY}" }
    body: { items: [{ sku: A }] }
    timeout: 1m30s
    follow-redirects: true
    expect:
      status: [201, 4xx, '302']
      contains: [ord, created]
      json: { $.id: { type: string } }
    capture:
      id: $.id
      key: { json: $.key, secret: true }
`,
      undefined,
      ENV,
    );
    expect(tests[0]).toMatchObject({
      name: 'create',
      method: 'POST',
      body: { items: [{ sku: 'A' }] },
      timeout: 90_000,
      followRedirects: true,
      status: [201, 4, 302],
      contains: ['ord', 'created'],
      json: [{ query: { text: '$.id' }, check: { type: 'string' } }],
      captures: [
        { name: 'id', secret: false, query: { text: '$.id' } },
        { name: 'key', secret: true, query: { text: '$.key' } },
      ],
      place: { line: 3, column: 5 },
    });
    expect([...env]).toEqual([['API_KEY', 'hunter2hunter2']]);
  });
});

describe('M04 no test', () => {
  it.each(['', '# nothing yet\n', 'tests: []', 'tests:\n'])('M04 is refused: %j', async (text) => {
    const [complaint, ...more] = await complaints(text);
    expect(complaint).toMatch(
      /tests: .*expected (?:at least one test: a gate that checks nothing proves nothing|a list of tests)$/,
    );
    expect(more).toEqual([]);
  });
});

describe('M11 a typo', () => {
  it('M11 in a key is an error at its line, with what was meant', async () => {
    expect(
      await complaints(`
test:
  - path: /
tests:
  - path: /
    methd: GET
    expect:
      staus: 200
      json:
        $.id: { equal: 1 }
        id: 1
        $.not: { not: { cont: 1 } }
    capture:
      id: { json: $.id, secrt: true }
  - pth: /
    colour: red
`),
    ).toEqual([
      '2:1: there is no key "test" | did you mean "tests"?',
      '6:5: test 1: there is no key "methd" | did you mean "method"?',
      '8:7: test 1: expect: there is no key "staus" | did you mean "status"?',
      '10:17: test 1: expect.json.$.id: there is no key "equal" | did you mean "equals"?',
      '11:9: test 1: expect.json: "id" was given, expected a JSONPath, which begins with $',
      '12:25: test 1: expect.json.$.not.not: there is no key "cont" | did you mean "count"?',
      '14:25: test 1: capture.id: there is no key "secrt" | did you mean "secret"?',
      '15:5: test 2: "path" is missing',
      '15:5: test 2: there is no key "pth" | did you mean "path"?',
      '16:5: test 2: there is no key "colour" | the keys are: name, method, path, headers, body, timeout, follow-redirects, expect, capture',
    ]);
  });

  it('M11 in a value is an error at its line', async () => {
    expect(
      await complaints(`
tests:
  - path: https://a.example/health
    method: get
    headers: { x-count: 5 }
    timeout: 30
    follow-redirects: yes
    expect: { status: 2oo, contains: [], json: {} }
    capture: { order-id: $.id }
  - path: /
    timeout: soon
    expect: { status: [200, 700] }
    headers: ['x: y']
    capture: [id]
  - [path, /]
  - /health
`),
    ).toEqual([
      '3:11: test 1: path: "https://a.example/health" was given, expected a path that begins with "/"; the address of the service is the input base-url | write the path alone, such as /health/ready',
      '4:13: test 1: method: "get" was given, expected one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS | did you mean "GET"?',
      '5:25: test 1: headers.x-count: expected a text: put it in quotes',
      '6:14: test 1: timeout: 30 was given, expected a text',
      '7:23: test 1: follow-redirects: "yes" was given, expected true or false',
      '8:23: test 1: expect.status: "2oo" was given, expected a status such as 201, or 2xx for a class',
      '8:38: test 1: expect.contains: expected at least one text',
      '8:48: test 1: expect.json: expected at least one JSONPath',
      '9:16: test 1: capture: "order-id" was given, expected a name of letters, digits and underscores, not beginning with a digit',
      '11:14: test 2: timeout: "soon" was given, expected a duration such as 30s',
      '12:29: test 2: expect.status[1]: 700 was given, expected a status from 100 to 599',
      '13:14: test 2: headers: a list was given, expected a mapping',
      '14:14: test 2: capture: a list was given, expected a mapping',
      '15:5: test 3: a list was given, expected a mapping',
      '16:5: test 4: "/health" was given, expected a test: a mapping with at least a path',
    ]);
  });

  it('M11 in a JSONPath is an error at its line', async () => {
    expect(
      await complaints(`
tests:
  - path: /
    expect:
      json:
        '$.a b': 1
        '$..[': 2
    capture:
      a: $.a[
      b: { json: '$.b b' }
      c: id
`),
    ).toEqual([
      expect.stringMatching(/^6:9: test 1: expect\.json: "\$\.a b" is not a JSONPath \(RFC 9535\)/),
      '7:9: test 1: expect.json: "$..[" is not a JSONPath (RFC 9535): unclosed bracketed selection (\'$..[\':4)',
      expect.stringMatching(/^9:10: test 1: capture\.a: "\$\.a\[" is not a JSONPath/),
      expect.stringMatching(/^10:18: test 1: capture\.b\.json: "\$\.b b" is not a JSONPath/),
      expect.stringMatching(
        /^11:10: test 1: capture\.c: "id" is not a JSONPath .* \| a JSONPath begins with \$: write "\$\.id"$/,
      ),
    ]);
  });

  it('M11 in a placeholder is an error at its line, beside all the others', async () => {
    expect(
      await complaints(`
tests:
  - path: /orders/{order}
    capture: { order: $.id }
  - path: /orders/{ordr}/{soon}/{{order}}
    mehod: GET
  - path: /orders/{ordr}
    headers: { a: "\${API_KEI}", b: "\${EMPTY}", c: "\${{ secrets.X }}" }
    body: { id: {order}, text: "{order}" }
    capture: { soon: $.soon }
`),
    ).toEqual([
      '3:11: test 1: path: no earlier test captures {order} | test 1 captures it: move that test up',
      '5:11: test 2: path: {{order}} is not filled in | write {order}, with one pair of braces',
      '6:5: test 2: there is no key "mehod" | did you mean "method"?',
      '7:11: test 3: path: no earlier test captures {ordr} | did you mean {order}? for the text itself write \\{ordr}',
      '8:19: test 3: headers.a: the environment variable API_KEI is not set | set it on the step, and see that the secret exists in this environment:\nenv:\n  API_KEI: ${{ secrets.API_KEI }}',
      '8:36: test 3: headers.b: the environment variable EMPTY is empty | set it on the step, and see that the secret exists in this environment:\nenv:\n  EMPTY: ${{ secrets.EMPTY }}',
      '8:51: test 3: headers.c: GitHub fills in ${{ }} in workflow files only | pass the value under "env:" of the step and write ${NAME} here',
      '9:17: test 3: body.id: {order} without quotes is a YAML mapping | write "{order}"',
    ]);
  });
});

it('a JSONPath is not filled in, and says so', async () => {
  expect(
    await complaints(`
tests:
  - { path: /, capture: { id: $.id } }
  - path: /
    expect:
      json:
        $.a[?@.id == '{id}']: 1
        $.a[?@.id == '{other}']: 1
`),
  ).toEqual([
    `7:9: test 2: expect.json: "$.a[?@.id == '{id}']" is a JSONPath, which is not filled in | compare the value instead`,
  ]);
});

describe('what is no YAML', () => {
  it('is told at the first place where the reader lost its way', async () => {
    expect(await complaints('tests:\n\t- path: /\n')).toEqual([
      '2:1: this is not YAML: Tabs are not allowed as indentation',
    ]);
    expect(await complaints('tests:\n  - path: /\n    headers: { a: ${API_KEY}, b: c }\n')).toEqual([
      expect.stringMatching(
        /^3:\d+: this is not YAML: .* \| a text with braces, such as "\$\{NAME\}" or "\{id\}", needs quotes inside of \{ \} and \[ \]$/,
      ),
    ]);
  });

  it('every key that is there twice, every unknown tag', async () => {
    expect(await complaints('tests:\n  - path: /\n    path: /a\n    path: /b\n')).toEqual([
      '3:5: this is not YAML: Map keys must be unique',
      '4:5: this is not YAML: Map keys must be unique',
    ]);
    expect((await complaints('tests:\n  - path: !secret x\n'))[0]).toMatch(/^2:11: this is not YAML: Unresolved tag/);
  });

  it('aliases that unfold without measure', async () => {
    const bomb = ['a0: &a0 [x, x]'];
    for (let level = 1; level < 30; level += 1) bomb.push(`a${level}: &a${level} [*a${level - 1}, *a${level - 1}]`);
    expect(await complaints(bomb.join('\n'))).toEqual([
      '1:1: this is not YAML: Excessive alias count indicates a resource exhaustion attack',
    ]);
  });
});

it('complaints never quote a header, a body or the text around a fault', async () => {
  const said = [
    ...(await complaints('tests:\n  - path: /\n    headers: { k: [hunter2hunter2] }\n')),
    ...(await complaints('tests:\n  - path: /\n    headers:\n      k: "hunter2hunter2" hunter2hunter2\n')),
    ...(await complaints('hunter2hunter2')),
  ];
  expect(said.length).toBe(3);
  expect(said.join('\n')).not.toContain('hunter2');
});

it('inline tests name line and column of the input', async () => {
  await expect(parseSuite('tests:\n  - pth: /', undefined, {})).rejects.toMatchObject({
    findings: [
      { level: 'error', title: 'Input "tests"', message: 'input "tests", line 2, column 5: test 1: "path" is missing' },
      { message: 'input "tests", line 2, column 5: test 1: there is no key "pth"', hint: 'did you mean "path"?' },
    ],
  });
});
