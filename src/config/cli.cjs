'use strict';

const { pathToFileURL } = require('node:url');

/**
 * What sequelize-cli connects to: DATABASE_URL's database, or the embedded one, started here or joined. It
 * loads our TypeScript where tsx is installed, and what is built of it in production.
 */
module.exports = async () => {
  const { openConnection } = await load('cli-connection');
  return openConnection();
};

async function load(name) {
  if (process.env.NODE_ENV !== 'production' && hasTsx()) {
    const { tsImport } = await import('tsx/esm/api');
    return tsImport(`./${name}.ts`, pathToFileURL(__filename).href);
  }
  return import(`../../dist/config/${name}.js`);
}

function hasTsx() {
  try {
    require.resolve('tsx');
    return true;
  } catch {
    return false;
  }
}
