/** Launches the tests' browser: the one in the development dependencies, where it runs. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

interface Executable {
  path: string;
  env: Record<string, string>;
}

const run = promisify(execFile);
const project = fileURLToPath(new URL('../..', import.meta.url));
const INSTALLED = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The packaged browser runs here. It takes half the processor time of an installed one, being headless only. */
export const hasPackaged = process.platform === 'linux' && process.arch === 'x64';

/**
 * Starts what CHROME_PATH names, or else the packaged browser, or else, where there is none, an installed one.
 * @throws if it does not start, with the remedy: browser tests fail rather than being skipped
 */
export async function launchBrowser(): Promise<Browser> {
  const found = named() ?? (hasPackaged ? await packaged() : (installed() ?? downloadedByPlaywright()));
  if (!found)
    throw new Error(
      'No browser for the browser tests: install Chrome or Chromium, set CHROME_PATH to one, ' +
        'or run npx playwright-core install chromium.',
    );
  return launch(found);
}

const launch = ({ path: executablePath, env }: Executable): Promise<Browser> =>
  chromium.launch({
    executablePath,
    env: { ...(process.env as Record<string, string>), ...env },
    // Containers often lack user namespaces for the sandbox and have a tiny /dev/shm.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  });

const named = (): Executable | null => (process.env.CHROME_PATH ? { path: process.env.CHROME_PATH, env: {} } : null);

function installed(): Executable | null {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = [
    ...INSTALLED.flatMap((name) => folders.map((folder) => path.join(folder, name))),
    ...APPLICATIONS,
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  return found ? { path: found, env: {} } : null;
}

function downloadedByPlaywright(): Executable | null {
  const found = chromium.executablePath();
  return existsSync(found) ? { path: found, env: {} } : null;
}

/** The packaged browser, unpacked on first use, with the shared libraries that a minimal system lacks. */
async function packaged(): Promise<Executable> {
  const { version } = JSON.parse(
    await readFile(path.join(project, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'),
  ) as { version: string };
  const folder = path.join(project, '.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  const fonts = path.join(folder, 'fonts');
  return {
    path: path.join(folder, 'chromium'),
    env: {
      LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'),
      // Chromium crashes if fontconfig finds no font; the package's own fonts.conf names folders of AWS Lambda only.
      FONTCONFIG_FILE: path.join(project, 'test/support/fonts.conf'),
      FONTCONFIG_PATH: path.join(project, 'test/support'),
      // Both, or installed fonts would be used too and hide that the packaged ones are missing.
      XDG_DATA_HOME: fonts,
      XDG_DATA_DIRS: fonts,
      XDG_CACHE_HOME: path.join(folder, 'cache'),
    },
  };
}

/** Unpacks into a temporary folder and renames it: several test files may start this at once. */
async function unpack(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = await mkdtemp(`${folder}.`);
  const env = { ...process.env, TMPDIR: temporary, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
  await run(
    process.execPath,
    ['--input-type=module', '-e', 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();'],
    { cwd: project, env },
  );
  await rename(temporary, folder).catch(() => rm(temporary, { recursive: true, force: true }));
}
