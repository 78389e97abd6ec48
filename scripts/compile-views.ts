/** Compiles the views to CommonJS modules: `npm run build` in dist/views, `npm test` in its own folder. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pug from 'pug';
import { projectDir } from '../src/config/env.ts';

const viewsDir = path.join(projectDir, 'views');

/** Does nothing where nothing has changed since. */
export async function compileViews(outDir: string): Promise<void> {
  const names = (await readdir(viewsDir, { recursive: true })).filter((name) => name.endsWith('.pug')).sort();
  const sources = await Promise.all(names.map((name) => readFile(path.join(viewsDir, name), 'utf8')));
  const digest = createHash('sha256')
    .update(JSON.stringify([names, sources, await readFile(import.meta.filename, 'utf8')]))
    .digest('hex');
  const stamp = path.join(outDir, 'digest');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === digest) return;

  for (const [index, name] of names.entries()) {
    const body = pug.compileClient(sources[index] ?? '', {
      filename: path.join(viewsDir, name),
      name: 'template',
      inlineRuntimeFunctions: false,
    });
    const file = path.join(outDir, name.replace(/\.pug$/, '.cjs'));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, `const pug = require('pug-runtime');\n${body}\nmodule.exports = template;\n`);
  }
  await writeFile(stamp, digest);
}

if (process.argv[1] === import.meta.filename) await compileViews(path.join(projectDir, 'dist/views'));
