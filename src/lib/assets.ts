import { readFileSync, statSync } from 'node:fs';

/** The build's manifest: hashed names of scripts and styles. Empty before the first build. */
export interface Assets {
  'app.js'?: string;
  'app.css'?: string;
  /** For the import page only. */
  'import.js'?: string;
  /** For pages with a link or token to copy. */
  'copy.js'?: string;
  /** For the activity page only. */
  'infinite-scroll.js'?: string;
}

const manifest = new URL('../../public/assets/manifest.json', import.meta.url);
let cached: { modified: number; assets: Assets } | undefined;

/** Reads the manifest again after each build. */
export function assets(): Assets {
  const modified = statSync(manifest, { throwIfNoEntry: false })?.mtimeMs;
  if (modified === undefined) return {};
  if (cached?.modified !== modified)
    cached = { modified, assets: JSON.parse(readFileSync(manifest, 'utf8')) as Assets };
  return cached.assets;
}

/** The URL path of a built file, e.g. `/assets/app-2F3A.js` for `app.js`. */
export const asset = (name: 'app.js' | 'app.css' | 'copy.js' | 'import.js' | 'infinite-scroll.js'): string =>
  assets()[name] ?? `/assets/${name}`;
