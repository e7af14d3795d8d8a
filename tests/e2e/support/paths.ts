import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const STACK_COMMAND = join(ROOT, 'deploy/stack/stack');
/** Everything of the suite's own site. It stays after a run, for its logs. */
export const STACK_DIR = join(ROOT, 'target/e2e/stack');
export const RESULTS = join(ROOT, 'target/e2e/results');
export const SCREENSHOTS = join(ROOT, 'target/screenshots');
