import { readFileSync, statSync } from 'node:fs';

/** What the build made of the page's script and styles. Empty before the first build. */
export interface Assets {
  'app.js'?: string;
  'app.css'?: string;
  /** Of the page of imports alone. */
  'import.js'?: string;
  /** Of the activity alone. */
  'infinite-scroll.js'?: string;
}

const manifest = new URL('../../public/assets/manifest.json', import.meta.url);
let read: { at: number; assets: Assets } | undefined;

/** The manifest, read again when a build has replaced it. */
export function assets(): Assets {
  const at = statSync(manifest, { throwIfNoEntry: false })?.mtimeMs;
  if (at === undefined) return {};
  if (read?.at !== at) read = { at, assets: JSON.parse(readFileSync(manifest, 'utf8')) as Assets };
  return read.assets;
}

/** The address of a built file, e.g. `/assets/app-2F3A.js` for `app.js`. */
export const asset = (name: 'app.js' | 'app.css' | 'import.js' | 'infinite-scroll.js'): string =>
  assets()[name] ?? `/assets/${name}`;
