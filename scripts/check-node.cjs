/** Loaded before everything else, so that any Node understands it: older ones fail at what the other files contain. */
'use strict';

var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 12)) {
  console.error(
    'Taskwire needs Node 20.12 or newer, and this is ' + process.version + ': install one from https://nodejs.org.',
  );
  process.exit(1);
}
