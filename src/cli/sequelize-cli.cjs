'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * The connection of sequelize-cli: DATABASE_URL, or the embedded database, started here or joined. Production loads
 * the built file, otherwise the TypeScript source runs through tsx.
 */
module.exports = async () => {
  const { openConnection } = await load('connection');
  return openConnection();
};

async function load(name) {
  const built = path.resolve(__dirname, `../../dist/cli/${name}.js`);
  if (hasTsx() && !(process.env.NODE_ENV === 'production' && existsSync(built))) {
    const { tsImport } = await import('tsx/esm/api');
    return tsImport(`./${name}.ts`, pathToFileURL(__filename).href);
  }
  if (existsSync(built)) return import(pathToFileURL(built).href);
  const { NOT_BUILT } = await import(pathToFileURL(path.resolve(__dirname, '../../scripts/built.mjs')).href);
  console.error(NOT_BUILT);
  return process.exit(1);
}

function hasTsx() {
  try {
    require.resolve('tsx');
    return true;
  } catch {
    return false;
  }
}
