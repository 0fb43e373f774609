// Runs docker/metadata-action's bundle once for each turn, in one process: to start it costs most of its time.
// TURNS names a file with { bundle, now, turns: [{ env, log }] }; what a turn says is appended to its log.
const { appendFileSync, readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

const { bundle, now, turns } = JSON.parse(readFileSync(process.env.TURNS, 'utf8'));
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [now] : given));
  }
  static now() {
    return now;
  }
};
const script = new Script(`(function (exports, require, module) {${readFileSync(bundle, 'utf8')}\n})`, {
  filename: bundle,
});
const base = { PATH: process.env.PATH };
let next = 0;
function turn() {
  const current = turns[next];
  if (current === undefined) return;
  next += 1;
  process.env = { ...base, ...current.env };
  process.exitCode = 0;
  process.chdir(current.env.GITHUB_WORKSPACE);
  process.removeAllListeners('exit').on('exit', end);
  process.stdout.write = (text) => {
    appendFileSync(current.log, text);
    return true;
  };
  const module = { exports: {} };
  script.runInThisContext()(module.exports, createRequire(bundle), module);
}
function end() {
  if (next > 0) appendFileSync(turns[next - 1].log, `\nexit code ${process.exitCode ?? 0}\n`);
}
// A turn has ended when nothing is left to wait for, or when it ends the process.
process.on('beforeExit', () => {
  end();
  turn();
});
turn();
