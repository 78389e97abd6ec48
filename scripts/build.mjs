/** `npm run build`: the server and its views into dist/, the page's script and styles into public/assets/. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import { digestOfInputs, markBuilt, root } from './built.mjs';

const digest = digestOfInputs();
rmSync(path.join(root, 'dist'), { recursive: true, force: true });
run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json');
copyTranslations();
run('--import', 'tsx', 'scripts/compile-views.ts');
run('--import', 'tsx', 'scripts/build-assets.ts');
markBuilt(digest);

/** The server reads them at run time, so tsc does not see them. */
function copyTranslations() {
  cpSync(path.join(root, 'src/locales'), path.join(root, 'dist/locales'), {
    recursive: true,
    filter: (source) => !source.endsWith('.ts'),
  });
}

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
