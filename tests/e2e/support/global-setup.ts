import { mkdir, rm } from 'node:fs/promises';

import { SCREENSHOTS, STACK_DIR } from './paths.ts';
import { Stack } from './stack.ts';

/** Brings a fresh site up, and gives Playwright the function that takes it down, however the tests end. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  // A run that was cut off may have left its processes behind.
  await Stack.down();
  await rm(STACK_DIR, { recursive: true, force: true });
  await mkdir(SCREENSHOTS, { recursive: true });
  try {
    const stack = await Stack.up();
    await stack.loosenLimits();
  } catch (error) {
    await Stack.down();
    throw error;
  }
  return () => Stack.down();
}
