/** Imported first: other modules fail on an old Node, each in its own way. The check itself is plain CommonJS. */
import { createRequire } from 'node:module';

createRequire(import.meta.url)('../../scripts/check-node.cjs');
