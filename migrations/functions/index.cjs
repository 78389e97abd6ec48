'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');

/**
 * The SQL that installs functions of this folder, in the order given. Each file holds one whole function; a
 * migration that changes it adds the next version (`_v02`), installs that, and reinstalls the one before in `down`.
 */
exports.functions = (...versions) =>
  versions.map((version) => readFileSync(path.join(__dirname, `${version}.sql`), 'utf8')).join('\n');
