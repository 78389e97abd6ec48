/** `npm run dev`: the server starts anew when its files change, the page's script and styles are built anew when theirs do. */
import { spawn } from 'node:child_process';
import { root } from './built.mjs';

const env = { ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'development' };
const children = [
  spawn(process.execPath, ['--import', 'tsx', 'scripts/build-assets.ts', '--watch'], {
    cwd: root,
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  }),
  spawn(
    process.execPath,
    ['node_modules/tsx/dist/cli.mjs', 'watch', '--clear-screen=false', '--include', 'src/locales', 'src/server.ts'],
    {
      cwd: root,
      env,
      stdio: 'inherit',
    },
  ),
];

let ending = false;
function end(theyKnow = false) {
  if (ending) return;
  ending = true;
  if (!theyKnow) for (const child of children) child.kill('SIGTERM');
}
// A terminal tells the children too, and tsx takes a second word for "at once".
process.on('SIGINT', () => end(process.stdin.isTTY));
process.on('SIGTERM', () => end());
for (const child of children) {
  child.on('exit', (code) => {
    if (!ending) process.exitCode = code ?? 1;
    end();
  });
}
