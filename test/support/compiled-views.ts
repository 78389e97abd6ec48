/**
 * Fills Pug's cache with the views compiled by `npm test`, loaded on first use: compiling the few views that a test file
 * renders takes up to half of its CPU time.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import pug from 'pug';
import { projectDir } from '../../src/config/env.ts';
import { compiledDir, isCompiled } from './compiled.ts';

type View = (locals?: object) => string;

/** Keyed by the absolute path of the view; missing from Pug's types. */
const { cache } = pug as unknown as { cache: Record<string, View> };
const require = createRequire(import.meta.url);
const compiledViews = path.join(compiledDir, 'views');

if (isCompiled && existsSync(compiledViews)) {
  for (const name of readdirSync(compiledViews, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.cjs')) continue;
    const view = path.join(projectDir, 'views', name.replace(/\.cjs$/, '.pug'));
    cache[view] = (locals) => (require(path.join(compiledViews, name)) as View)(locals);
  }
}
