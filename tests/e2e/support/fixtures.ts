import { test as base } from '@playwright/test';

import { Chat } from './chat.ts';
import { Provider } from './provider.ts';
import { Rest } from './rest.ts';
import { Stack } from './stack.ts';

interface Fixtures {
  provider: Provider;
  rest: Rest;
  /** The page with the chat, open as an anonymous visitor. */
  chat: Chat;
}

interface WorkerFixtures {
  stack: Stack;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  stack: [
    async ({}, use) => {
      await use(await Stack.running());
    },
    { scope: 'worker' },
  ],
  provider: [
    async ({ stack }, use) => {
      const provider = new Provider(stack.info.fake_provider_url);
      await stack.ensureDaemonRuns();
      await provider.forget();
      await use(provider);
    },
    { auto: true },
  ],
  rest: async ({ stack }, use) => {
    await use(new Rest(stack.info));
  },
  chat: async ({ stack, page }, use) => {
    await page.goto(stack.info.chat_url);
    await use(new Chat(page));
  },
});

export { expect } from '@playwright/test';
