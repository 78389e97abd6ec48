/**
 * Bundles the page's script and styles into public/assets/ under hashed names and writes the manifest that
 * `src/lib/assets.ts` reads. Run as `node --import tsx scripts/build-assets.ts [--watch]`.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context, type BuildOptions, type BuildResult, type Plugin } from 'esbuild';
import pug from 'pug';
import { compile as compileScss } from 'sass';

const project = fileURLToPath(new URL('..', import.meta.url));
const folder = path.join(project, 'public/assets');

/** What can be built: `watch` keeps building after every change, `development` adds source maps. */
export interface BuildChoice {
  watch?: boolean;
  development?: boolean;
}

/** @returns a function that ends the watching; there is nothing to end without `watch` */
export async function buildAssets({ watch = false, development = watch }: BuildChoice = {}): Promise<
  () => Promise<void>
> {
  const options = optionsFor(development);
  if (!watch) {
    await build(options);
    return () => Promise.resolve();
  }
  const building = await context(options);
  await building.watch();
  return () => building.dispose();
}

const optionsFor = (development: boolean): BuildOptions => ({
  absWorkingDir: project,
  entryPoints: [
    'src/browser/app.ts',
    'src/browser/copy.ts',
    'src/browser/import.ts',
    'src/browser/infinite-scroll.ts',
    'src/browser/styles/app.css',
  ],
  outdir: folder,
  entryNames: '[name]-[hash]',
  bundle: true,
  write: false,
  metafile: true,
  minify: true,
  sourcemap: development ? 'linked' : false,
  format: 'esm',
  target: 'es2022',
  tsconfig: 'src/browser/tsconfig.json',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [pugPartials, scss, unusedParts, publish],
});

/** `import render from './_row.pug'` gives the partial as a function, the same that the server renders with. */
export const pugPartials: Plugin = {
  name: 'pug-partials',
  setup({ onLoad }) {
    onLoad({ filter: /\.pug$/ }, async ({ path: filename }) => {
      const { body, dependencies } = pug.compileClientWithDependenciesTracked(await readFile(filename, 'utf8'), {
        filename,
        basedir: path.join(project, 'views'),
        name: 'template',
        inlineRuntimeFunctions: false,
        compileDebug: false,
      });
      return {
        contents: `import * as pug from 'pug-runtime';\n${body}\nexport default template;`,
        resolveDir: project,
        watchFiles: [filename, ...dependencies],
      };
    });
  },
};

/** Pico is taken from its SCSS, module by module. */
const scss: Plugin = {
  name: 'scss',
  setup({ onLoad }) {
    onLoad({ filter: /\.scss$/ }, ({ path: filename }) => {
      const { css, loadedUrls } = compileScss(filename, {
        loadPaths: [path.join(project, 'node_modules')],
        quietDeps: true,
        style: 'compressed',
      });
      return { contents: css, loader: 'css', watchFiles: loadedUrls.map((url) => fileURLToPath(url)) };
    });
  },
};

/**
 * What the pages never use of socket.io and Turbo is left out, because the first load counts: other ways than websocket,
 * binary messages, frames, streams and preloading.
 */
const unusedParts: Plugin = {
  name: 'unused-parts',
  setup({ onLoad }) {
    const replace = (file: string, contents: string): void => {
      onLoad({ filter: new RegExp(`${file.replaceAll('/', '[\\\\/]')}\\.js$`) }, ({ path: filename }) => ({
        contents,
        resolveDir: path.dirname(filename),
      }));
    };
    replace(
      'engine.io-client/build/esm/transports/index',
      "import { WS } from './websocket.node.js';\nexport const transports = { websocket: WS };",
    );
    for (const name of ['XHR', 'Fetch', 'WT'])
      replace(`engine.io-client/build/esm/transports/${TRANSPORT_FILES[name] ?? ''}`, `export const ${name} = null;`);
    replace('socket.io-parser/build/esm/is-binary', 'export const isBinary = () => false, hasBinary = isBinary;');
    replace(
      'socket.io-parser/build/esm/binary',
      'export const deconstructPacket = null, reconstructPacket = (packet) => packet;',
    );
    replace('engine.io-parser/build/esm/contrib/base64-arraybuffer', 'export const decode = (text) => text;');
    onLoad({ filter: /@hotwired[\\/]turbo[\\/]dist[\\/]turbo\.es2017-esm\.js$/ }, async ({ path: filename }) => {
      let contents = await readFile(filename, 'utf8');
      for (const [name, body] of Object.entries(TURBO_CLASSES)) {
        const whole = new RegExp(`^(class ${name}( extends \\w+)? \\{)\\n[^]*?\\n\\}$`, 'm');
        if (!whole.test(contents))
          throw new Error(`Turbo has no class ${name}: is there still something to leave out?`);
        contents = contents.replace(whole, `$1${body}}`);
      }
      return { contents };
    });
  },
};

const IDLE = 'start() {} stop() {}';
/** Classes that the pages have no use for, and what is called of them nevertheless. */
const TURBO_CLASSES: Record<string, string> = {
  FrameElement: '',
  FrameController: '',
  FrameRenderer: '',
  FrameRedirector: IDLE,
  FormLinkClickObserver: IDLE,
  Preloader: `${IDLE} preloadOnLoadLinksForView() {}`,
  StreamElement: '',
  StreamSourceElement: '',
  StreamMessageRenderer: '',
  StreamObserver: IDLE,
};
const TRANSPORT_FILES: Record<string, string> = { XHR: 'polling-xhr', Fetch: 'polling-fetch', WT: 'webtransport' };

/** Files first, then the manifest by rename: whoever reads it never meets a name without its file. */
const publish: Plugin = {
  name: 'publish',
  setup({ onEnd }) {
    onEnd(async (result) => {
      if (result.errors.length > 0) return;
      await mkdir(folder, { recursive: true });
      const files = result.outputFiles ?? [];
      await Promise.all(files.map((file) => writeFile(file.path, file.contents)));
      const manifest = path.join(folder, 'manifest.json');
      const beside = `${manifest}.${String(process.pid)}`;
      await writeFile(beside, `${JSON.stringify(manifestOf(result), null, 2)}\n`);
      await rename(beside, manifest);
      await removeOthers([manifest, ...files.map((file) => file.path)]);
    });
  },
};

function manifestOf({ metafile }: BuildResult): Record<string, string> {
  const manifest: Record<string, string> = {};
  for (const [file, { entryPoint }] of Object.entries(metafile?.outputs ?? {})) {
    if (entryPoint) manifest[`${path.parse(entryPoint).name}${path.extname(file)}`] = `/assets/${path.basename(file)}`;
  }
  return manifest;
}

async function removeOthers(kept: string[]): Promise<void> {
  const names = await readdir(folder);
  await Promise.all(
    names
      .filter((name) => !kept.includes(path.join(folder, name)))
      .map((name) => rm(path.join(folder, name), { force: true })),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAssets({ watch: process.argv.includes('--watch') });
