'use strict';

const { existsSync } = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

/**
 * What sequelize-cli connects to: DATABASE_URL's database, or the embedded one, started here or joined. In
 * production it is what was built; elsewhere our TypeScript as it is.
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
  return import(pathToFileURL(built).href);
}

function hasTsx() {
  try {
    require.resolve('tsx');
    return true;
  } catch {
    return false;
  }
}
