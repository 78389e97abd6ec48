/**
 * Compiles the server, the tests and what they use to JavaScript in .cache/test-build, file by file: a test file that
 * loads the server through tsx needs two seconds more of processor time, and there are more than a hundred of them.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';
import { projectDir } from '../src/config/env.ts';
import { compiledDir, compiledPath } from '../test/support/compiled.ts';

const FOLDERS = ['src', 'test', 'scripts', 'bench'];

/** Writes only what has changed, because another run may be using the rest. */
export async function compileTests(): Promise<void> {
  const sources = (await Promise.all(FOLDERS.map((folder) => sourceFiles(folder)))).flat();
  await Promise.all(sources.map(compile));
  const wanted = new Set(sources.map(compiledPath));
  for (const file of await filesIn(compiledDir, '.js'))
    if (!wanted.has(file.replace(/\.suite\.js$/, '.js')) && !file.includes('/groups/')) await rm(file);
}

/**
 * Writes one entry for several compiled test files, so that one process loads the server once for all of them. Each
 * file becomes a suite named by its path, which keeps its hooks to itself.
 * @param files of the project, compiled already
 * @returns the entry's path
 */
export async function compileGroup(files: readonly string[]): Promise<string> {
  const suites = await Promise.all(files.map(compileSuite));
  const digest = createHash('sha256').update(files.join()).digest('hex').slice(0, 8);
  const entry = path.join(compiledDir, 'groups', `${path.basename(path.dirname(files[0] ?? ''))}-${digest}.js`);
  await mkdir(path.dirname(entry), { recursive: true });
  await writeFile(entry, suites.map((suite) => `import ${JSON.stringify(pathToFileURL(suite))};\n`).join(''));
  return entry;
}

async function compileSuite(file: string): Promise<string> {
  const code = await readFile(compiledPath(file), 'utf8');
  const bodyAt = [...code.matchAll(/^import\b.*\bfrom ".*";$|^import ".*";$|^\} from ".*";$/gm)].at(-1);
  const start = bodyAt ? bodyAt.index + bodyAt[0].length + 1 : 0;
  const end = code.lastIndexOf('//# sourceMappingURL=');
  const suite = compiledPath(file).replace(/\.js$/, '.suite.js');
  // On the lines that are there, so that stack traces name the right ones.
  await writeFile(
    suite,
    `import { describe as testFile } from "node:test";${code.slice(0, start)}testFile(${JSON.stringify(file)}, () => {` +
      `${code.slice(start, end)}});\n${code.slice(end)}`,
  );
  return suite;
}

async function sourceFiles(folder: string): Promise<string[]> {
  const files = await filesIn(path.join(projectDir, folder), '.ts');
  return files.filter((file) => !file.endsWith('.d.ts'));
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));
}

async function compile(file: string): Promise<void> {
  const { code } = await transform(await readFile(file, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: `node${process.versions.node}`,
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
    // Views, translations and the like are found from the source; `import.meta.filename` stays that of what runs.
    define: {
      'import.meta.dirname': JSON.stringify(path.dirname(file)),
      'import.meta.url': JSON.stringify(pathToFileURL(file).href),
    },
  });
  const compiled = compiledPath(file);
  const text = withCompiledImports(code);
  if ((await readFile(compiled, 'utf8').catch(() => null)) === text) return;
  await mkdir(path.dirname(compiled), { recursive: true });
  await writeFile(compiled, text);
}

/** esbuild leaves specifiers as they are when it does not bundle. */
const withCompiledImports = (code: string): string =>
  code.replace(/(^(?:import|export|\}) .*?|^import |\bimport\()"(\.{1,2}\/[^"\n]+)\.ts"/gm, '$1"$2.js"');
