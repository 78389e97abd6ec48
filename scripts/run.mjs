/**
 * `node scripts/run.mjs NAME …` runs src/NAME.ts as it is where the development packages are installed, and
 * dist/NAME.js where they are not, or in production.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { isBuilt, load, NOT_BUILT, root } from './built.mjs';

const [name = '', ...args] = process.argv.slice(2);
const typescript = hasTsx() && !(process.env.NODE_ENV === 'production' && isBuilt());
if (!typescript && !isBuilt()) {
  console.error(NOT_BUILT);
  process.exit(1);
}
if (typescript) (await import('tsx/esm/api')).register();
const program = path.join(root, typescript ? `src/${name}.ts` : `dist/${name}.js`);
process.argv = [process.execPath, program, ...args];
await load(program);

function hasTsx() {
  try {
    createRequire(import.meta.url).resolve('tsx');
    return true;
  } catch {
    return false;
  }
}
